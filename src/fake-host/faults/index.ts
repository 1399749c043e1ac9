export { Faults } from './faults.ts'
export { readFaults } from './read.ts'
export { type FaultCount, type FaultRule, neverActed } from './rule.ts'
