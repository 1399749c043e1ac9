export type {
  Attendance,
  Command,
  Context,
  Datum,
  Description,
  Line,
  Output,
  Session,
} from './command.ts'
export { CommandError, type Detail, internalError, PartialFailure } from './errors.ts'
export { parseInteger } from './integers.ts'
export { nearest } from './nearest.ts'
export { find, flag, type Parameters } from './parameters.ts'
export { exitStatuses } from './statuses.ts'
export { allCommands, findCommand, isHostCommand } from './table.ts'
export { text } from './wire.ts'
