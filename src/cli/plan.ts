import {
  type Command,
  type Description,
  find,
  findCommand,
  internalError,
  isHostCommand,
  type Parameters,
} from '../commands/index.ts'
import { commandName, parseRequest, type Request } from './arguments/server.ts'
import { UsageError } from './ending.ts'
import { checkFit } from './fitting.ts'
import type { Settings } from './settings.ts'

interface Planned {
  /** The command's name, as it was typed. */
  readonly name: string
  readonly parameters: Parameters
}

export interface CommandPlan extends Planned {
  readonly kind: 'command'
  readonly command: Command
  readonly request: Request
  readonly minimal: boolean
}

/** Something is wrong with the request; a host that cannot be reached takes precedence over it. */
export interface Complaint extends Planned {
  readonly kind: 'complaint'
  readonly error: unknown
  /** It is about a command that needs no host. */
  readonly local: boolean
}

/** What a command line comes to before a host is asked. */
export type Plan =
  | CommandPlan
  | Complaint
  | (Planned & { readonly kind: 'help'; readonly minimal: boolean })
  | (Planned & { readonly kind: 'program' })

/** What the user wants of a command beyond xe. */
export type Wishes = Pick<Settings, 'output' | 'watch' | 'dryRun'>

/**
 * Finds the command and what is wrong with the request, in the order of docs/spec/xe-cli-semantics.md 1.9.
 * @param words the credentials come last
 */
export async function plan(words: readonly string[], wishes: Wishes): Promise<Plan> {
  let parameters: Parameters = []
  let [name = ''] = words
  let local = name === 'help'
  try {
    name = commandName(words)
    const command = name === 'help' ? undefined : await findCommand(name)
    const request = parseRequest(words, command?.verbatim)
    parameters = request.parameters
    local ||= command !== undefined && !isHostCommand(command)
    const minimal = isMinimal(parameters)
    if (name === 'help') return { kind: 'help', name, parameters, minimal }
    if (!command) throw unknownCommand(name)
    checkRequired(command, parameters)
    if (hasOwnWishes(wishes)) {
      local = true
      checkFit(wishes, command)
    }
    if (isHostCommand(command)) return { kind: 'command', name, command, request, parameters, minimal }
    return { kind: 'program', name, parameters: parameters.filter(([key]) => key !== 'username' && key !== 'password') }
  } catch (error) {
    return { kind: 'complaint', name, error, parameters, local }
  }
}

/** Whether there is anything that a command may not be up to. */
function hasOwnWishes({ output, watch, dryRun }: Wishes): boolean {
  return output !== 'xe' || watch || dryRun
}

/** Exactly `true` or `false`, or the original's server stumbles (1.3). */
function isMinimal(parameters: Parameters): boolean {
  const value = find(parameters, 'minimal') ?? 'false'
  if (value === 'true' || value === 'false') return value === 'true'
  throw internalError('INTERNAL_ERROR: [ Invalid_argument("bool_of_string") ]')
}

export function unknownCommand(name: string): UsageError {
  return new UsageError(`Unknown command: ${name}`, `Xapi_cli.Unknown_command(${JSON.stringify(name)})`)
}

/** Only the first missing parameter is named. */
function checkRequired({ required }: Description, parameters: Parameters): void {
  const missing = required.find(parameter => find(parameters, parameter) === undefined)
  if (missing === undefined) return
  throw new UsageError(
    `Required parameter not found: ${missing}`,
    `Cli_frontend.ParamNotFound(${JSON.stringify(missing)})`,
  )
}
