import type { Command } from '../command.ts'
import type { RecordTable } from './field.ts'
import { listCommand } from './list.ts'
import { paramChangeCommands } from './param-change.ts'
import { paramGetCommand, paramListCommand } from './param-get.ts'
import { paramSetCommands } from './param-set.ts'

export type { RecordTable } from './field.ts'

/** The commands that follow from how xe shows a class. The list may belong to the short list of `help`. */
export function recordCommands(table: RecordTable, list: { readonly common?: true } = {}): readonly Command[] {
  return [
    { ...listCommand(table), ...list },
    paramListCommand(table),
    paramGetCommand(table),
    ...paramSetCommands(table),
    ...paramChangeCommands(table),
  ]
}
