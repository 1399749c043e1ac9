export { CallHistory, type CallListener, type RecordedCall } from './history.ts'
export { openTrace, type Trace } from './trace.ts'
