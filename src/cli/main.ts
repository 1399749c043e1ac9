import { find, type Parameters } from '../commands/index.ts'
import { withCredentials } from './arguments/server.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { COMPLETE } from './completion/scripts.ts'
import { Ending } from './ending.ts'
import { type Environment, Interruption } from './environment.ts'
import { complain, remarkOverlooked } from './errors/index.ts'
import { forms } from './fitting.ts'
import { commandsAsked, help } from './help.ts'
import { type Notes, notes } from './note.ts'
import { withPassword } from './password/password.ts'
import { plan } from './plan.ts'
import { printed } from './printed.ts'
import { ownProgram } from './programs.ts'
import { runOnHost } from './run.ts'
import type { Settings } from './settings.ts'
import { usage } from './usage.ts'

/** Runs one command line and resolves to its exit status (docs/spec/xe-cli-semantics.md 9, docs/decisions/signals.md). */
export async function main(environment: Environment): Promise<number> {
  const { program, words, stdout, stderr } = environment
  if (words.includes('-version')) {
    stdout.write('ThinCLI protocol: 0.2\n')
    return 0
  }
  if (words[0] === COMPLETE) return (await import('./completion/index.ts')).complete(environment)
  let line: CommandLine
  try {
    line = await readCommandLine(environment)
  } catch (error) {
    if (!(error instanceof Ending)) throw error
    stderr.write(`${error.message}${error.usage ? usage(program) : ''}`)
    return error.status
  }
  const log = notes(line.settings, environment)
  const status = await execute(environment, line, log)
  log.end(status)
  return status
}

async function execute(environment: Environment, line: CommandLine, { note }: Notes): Promise<number> {
  const planned = await plan(withCredentials(line.words, line.settings), line.settings)
  const { name, parameters } = planned
  // What asks for --minimal reads xe's form, whatever the environment prefers.
  const settings = isTrue(parameters, 'minimal') ? { ...line.settings, output: 'xe' } : line.settings
  if (planned.kind === 'help') {
    const isUsual = planned.minimal || !forms.includes(settings.output) || settings.output === 'xe'
    const text = isUsual
      ? await help(parameters, planned.minimal)
      : await printed(await commandsAsked(parameters), { name, minimal: false, form: settings.output }, environment)
    environment.stdout.write(text)
    return 0
  }
  if (planned.kind === 'complaint' && planned.local) {
    await complain(environment, { name, parameters, settings }, planned.error)
    return 1
  }
  if (planned.kind === 'command') await remarkOverlooked(environment, planned.command, { name, parameters, settings })
  if (planned.kind !== 'program') return runOnHost(environment, settings, planned, note)
  const { origins, added } = line
  const own = await ownProgram(name)
  if (own) return own({ settings, parameters, origins, added }, environment)
  const program = environment.programs.get(name)
  if (!program) throw new Error(`${name} was not handed in`)
  let complete: Settings
  try {
    complete = await withPassword(settings, environment)
  } catch (error) {
    if (error instanceof Interruption) return error.status
    await complain(environment, { name, parameters, settings }, error)
    return 1
  }
  return program({ settings: complete, parameters, origins, added }, environment)
}

const isTrue = (parameters: Parameters, name: string): boolean => find(parameters, name) === 'true'
