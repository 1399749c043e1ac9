export { type Control, createControl } from './control.ts'
export type { Metrics } from './metrics.ts'
export type { NetworkChange } from './network-change.ts'
export type { FieldValues } from './objects.ts'
