export type { StopOptions } from './lifecycle.ts'
export { type Machine, type Machines, startMachines } from './machines.ts'
