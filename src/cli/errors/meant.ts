import {
  allCommands,
  CommandError,
  type Description,
  findCommand,
  nearest,
  type Parameters,
} from '../../commands/index.ts'
import { XapiError } from '../../xapi/index.ts'
import { ownOptions } from '../arguments/own-options.ts'
import { UsageError } from '../ending.ts'

/** What the user may have meant by a name that does not exist; nothing is done about it. Undefined where nothing comes near. */
export async function meant(error: unknown, name: string, parameters: Parameters): Promise<string | undefined> {
  if (error instanceof UsageError && error.message.startsWith('Unknown command: ')) {
    const known = (await allCommands()).filter(command => !command.hidden).map(command => command.name)
    return question(nearest(name, [...known, 'help']))
  }
  const command = await findCommand(name)
  if (!command) return undefined
  const missing =
    error instanceof UsageError ? /^Required parameter not found: (.+)$/.exec(error.message)?.[1] : undefined
  if (missing !== undefined) {
    const [typed] = nearest(missing, strangers(command, parameters))
    return typed === undefined ? undefined : `${typed} is no parameter of ${name}. Did you mean ${missing}?`
  }
  const field = error instanceof CommandError ? /^Unknown field '(.+)'$/.exec(error.message)?.[1] : undefined
  if (field !== undefined) return question(near(field, command))
  if (error instanceof XapiError && error.code === 'Missing parameter')
    return question(nearest(error.params[0] ?? '', command.choices?.['param-name'] ?? []))
  return undefined
}

/** What is said of parameters that a command will not look at, and that come near to one that it knows. */
export function overlooked(command: Description, parameters: Parameters): readonly string[] {
  const { name } = command
  if (command.verbatim || /-(list|param-set|param-add)$/.test(name)) return [] // there any name can be right
  return strangers(command, parameters).flatMap(typed => {
    const asked = question(near(typed, command))
    return asked === undefined ? [] : [`${typed} is no parameter of ${name}, which does not look at it. ${asked}`]
  })
}

/** Names that mean something to no command, or to this one. */
function strangers({ required, optional }: Description, parameters: Parameters): readonly string[] {
  const known = new Set([
    ...required,
    ...optional,
    'minimal',
    'trace',
    'username',
    'password',
    'force',
    'multiple',
    'all',
  ])
  const keyed = optional.filter(parameter => parameter.endsWith(':'))
  const lower = new Set([...known].map(parameter => parameter.toLowerCase()))
  return parameters
    .map(([name]) => name)
    .filter(name => !lower.has(name.toLowerCase()) && !keyed.some(prefix => name.startsWith(prefix)))
}

function near(typed: string, { required, optional }: Description): readonly string[] {
  const [name = ''] = typed.split('=', 1)
  const parameters = nearest(name, [...required, ...optional])
  return parameters.length > 0 ? parameters : nearest(`--${name}`, ownOptions.map(option => option.name)) // biome-ignore format: a call
}

const question = (names: readonly string[]): string | undefined =>
  names.length === 0 ? undefined : `Did you mean ${names.join(' or ')}?`
