export { bridgesOf, type HostBridges } from './bridges.ts'
export { switchesOf, withStatus } from './links.ts'
export { type Reach, reach } from './reach.ts'
export { changedState, type SwitchState, switchState } from './switch-state.ts'
