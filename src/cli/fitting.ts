import { type Command, CommandError, type Description, isHostCommand } from '../commands/index.ts'
import type { Settings } from './settings.ts'

/** The forms that every command can be printed in. */
export const forms: readonly string[] = ['xe', 'table', 'json', 'yaml', 'csv']

/** Forms that have something to say of a single change. */
const changing: readonly string[] = ['xe', 'table', 'json']

/** Throws CommandError where options of ours ask a command for what it cannot do. */
export function checkFit(
  { output, watch, dryRun }: Pick<Settings, 'output' | 'watch' | 'dryRun'>,
  command: Command | Description,
): void {
  const { name, formats = [] } = command
  const known = [...forms, ...formats]
  if (!known.includes(output)) throw new CommandError(`${name} has no --output=${output}, only ${known.join(', ')}`)
  if (watch && !(isHostCommand(command) ? command.watches : command.goesOn)) throw new CommandError(`${name} cannot be watched: --watch is for lists`) // biome-ignore format: a line
  if (watch && !changing.includes(output)) throw new CommandError(`--watch has no --output=${output}, only ${changing.join(', ')}`) // biome-ignore format: a line
  if (dryRun && !isHostCommand(command))
    throw new CommandError(`${name} asks nothing of a host that --dry-run could show`)
  if (dryRun && watch) throw new CommandError('--dry-run and --watch exclude each other')
}
