import {
  allCommands,
  type Command,
  type Description,
  find,
  findCommand,
  type Line,
  type Output,
  type Parameters,
} from '../commands/index.ts'
import { minimal, printedRecord } from './output.ts'
import { PROGRAM, usage } from './usage.ts'

/** Parameters of `help` that name no command (docs/spec/xe-cli-semantics.md 2.2). */
const settings = new Set(['server', 'username', 'password', 'port', 'minimal', 'all'])

/** Who reads the help. */
interface Reader {
  /** What they call the program. */
  readonly program: string
  /** It is xe, which has none of our own options and only commands that talk to a host. */
  readonly isXe: boolean
  /** Whether they can use a command. */
  readonly has: (command: Command | Description) => boolean
}

const ourUser: Reader = { program: PROGRAM, isXe: false, has: () => true }

/** What `help` prints. It needs no host (docs/decisions/help-needs-no-server.md). */
export async function help(parameters: Parameters, isMinimal: boolean, reader: Reader = ourUser): Promise<string> {
  const names = parameters.map(([name]) => name).filter(name => !settings.has(name))
  if (names.length > 0) return helpOn(names, isMinimal, reader)
  const all = find(parameters, 'all') === 'true'
  const listed = (await allCommands()).filter(
    command => !command.hidden && reader.has(command) && (all || command.common),
  )
  const shown = listed.map(command => command.name)
  if (isMinimal) return `${shown.join(',')}\n`
  return `${usage(reader.program, true, reader.isXe)}\n${all ? fullList(shown) : commonList(shown)}`
}

/** The commands that help is asked about, or all of them, for other forms than xe's. Unknown names are left out. */
export async function commandsAsked(parameters: Parameters): Promise<Output> {
  const names = parameters.map(([name]) => name).filter(name => !settings.has(name))
  const found = names.length > 0 ? await Promise.all(names.map(findCommand)) : await allCommands()
  const records = found.flatMap(command => (command && (names.length > 0 || !command.hidden) ? [asData(command)] : []))
  return { kind: 'records', records, fields: ['command', 'required', 'optional', 'description'] }
}

function asData({ name, required, optional, description }: Description): readonly Line[] {
  return [
    ['command', name],
    ['required', required.join(', '), required],
    ['optional', optional.join(', '), optional],
    ['description', description],
  ]
}

async function helpOn(names: readonly string[], isMinimal: boolean, { has }: Reader): Promise<string> {
  const found = await Promise.all(names.map(findCommand))
  const commands = found.map(command => (command && has(command) ? command : undefined))
  const unknown = (at: number): string => `Unknown command '${names[at]}'`
  if (!isMinimal)
    return commands.map((command, at) => (command ? printedRecord(record(command)) : `${unknown(at)}\n`)).join('')
  // Contributions come out in reverse (docs/spec/xe-cli-semantics.md 3.6).
  const parts = commands.map((command, at) => minimal(command?.name ?? unknown(at)))
  return `${parts.reverse().join(',')}\n`
}

/** The labels carry their own padding: xe's completion looks for them as they are (docs/spec/xe-cli-semantics.md 2.3). */
function record({ name, required, optional, description }: Description): readonly (readonly [string, string])[] {
  return [
    ['command name        ', name],
    ['reqd params     ', required.join(', ')],
    ['optional params ', optional.join(', ')],
    ['description     ', description],
  ]
}

function commonList(names: readonly string[]): string {
  return `${heading('Common command list')}${wrapped(names)}\n`
}

function fullList(names: readonly string[]): string {
  const groups = [
    names.filter(name => name.startsWith('host-')),
    names.filter(name => name.startsWith('vm-')),
    names.filter(name => !name.startsWith('host-') && !name.startsWith('vm-')),
  ]
  const lists = groups.filter(group => group.length > 0).map(wrapped)
  return `${heading('Full command list')}${lists.join('\n    \n')}\n`
}

function heading(text: string): string {
  return `${text}\n${'-'.repeat(text.length)}\n\n`
}

/** docs/spec/xe-cli-semantics.md 2.2, wrapping. */
export function wrapped(names: readonly string[]): string {
  const lines: string[] = []
  let line = ''
  for (const name of names) {
    if (line === '') line = `    ${name}`
    else if (line.length + name.length > 74) {
      lines.push(line)
      line = `    ${name}`
    } else line += `, ${name}`
  }
  return [...lines, line].join('\n')
}
