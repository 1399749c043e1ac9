export { SCENARIOS, type ScenarioParameters } from './kinds.ts'
export { vifNamed } from './named.ts'
export { type RunningScenario, Scenarios } from './scenarios.ts'
