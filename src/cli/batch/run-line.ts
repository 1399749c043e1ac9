import { CommandError, type Context, type Output, type Parameters, PartialFailure } from '../../commands/index.ts'
import type { Session } from '../../xapi/index.ts'
import { takeSettings } from '../arguments/client.ts'
import { misspelled } from '../arguments/misspelled.ts'
import { splitOwn } from '../arguments/own-options.ts'
import { withCredentials } from '../arguments/server.ts'
import { type Environment, Interruption, type Writer } from '../environment.ts'
import { complain } from '../errors/index.ts'
import { help } from '../help.ts'
import { plan } from '../plan.ts'
import { printed } from '../printed.ts'
import { save } from '../save.ts'
import type { Settings } from '../settings.ts'
import { shellWords } from '../shell/index.ts'
import { PROGRAM } from '../usage.ts'
import type { Line } from './lines.ts'

/** What every line of a batch runs with. */
export interface Running {
  readonly environment: Environment
  readonly settings: Settings
  readonly session: Session
  readonly context: Context
}

/** What a line of a batch came to. */
export interface Outcome {
  readonly line: number
  /** The name of the command; empty where the line could not be read. */
  readonly command: string
  readonly status: number
  /** For stdout and for stderr: as a command alone prints it, or documents on one line where JSON is wanted. */
  readonly out: string
  readonly err: string
}

/** Runs the command of a line in the session of the batch. Whatever goes wrong with it is part of the outcome. */
export async function runLine({ number, text }: Line, running: Running): Promise<Outcome> {
  const { environment, settings, session, context } = running
  const [out, err] = [collecting(environment.stdout), collecting(environment.stderr)]
  const inside: Environment = { ...environment, stdout: out, stderr: err }
  let name = ''
  let parameters: Parameters = []
  const show = async (output: Output, isMinimal: boolean): Promise<void> =>
    inside.stdout.write(
      await shown(output, { name, minimal: isMinimal && settings.output !== 'json', form: settings.output }, inside),
    )
  let minimal = false
  let status = 0
  try {
    const planned = await plan(withCredentials(await wordsOf(text, environment.program), settings), settings)
    ;({ name, parameters } = planned)
    if (planned.kind === 'complaint') throw planned.error
    if (planned.kind === 'program') throw new CommandError(`${name} cannot be part of a batch`)
    minimal = planned.minimal
    if (planned.kind === 'help')
      await show({ kind: 'values', values: [(await help(parameters, minimal)).slice(0, -1)] }, false)
    else {
      if (planned.request.sessionRef !== undefined) throw new CommandError('the session is that of the batch')
      const output = await planned.command.run(
        followed(context, settings.output === 'json' ? environment : inside),
        parameters,
      )
      if (output.kind === 'file') save(inside, name, output)
      await show(output, minimal)
    }
  } catch (error) {
    if (error instanceof Interruption) return { line: number, command: name, status: error.status, out: '', err: '' }
    status = 1
    if (error instanceof PartialFailure) await show(error.output, minimal)
    await complain(inside, { name, parameters, settings }, error, session)
  }
  return { line: number, command: name, status, out: out.text(), err: err.text() }
}

/** A writer like another, which keeps what is written. */
function collecting({ isTTY, columns, rows }: Writer): Writer & { text(): string } {
  const parts: string[] = []
  return { isTTY, columns, rows, write: text => void parts.push(text), text: () => parts.join('') }
}

/** Remarks come where the command's turn is, and beside what is JSON; there is no progress to show of one among many. */
function followed(context: Context, { stderr }: Environment): Context {
  if (!context.attendance) return context
  const { attendance } = context
  const remark = (line: string) => stderr.write(`${line}\n`)
  return { ...context, attendance: { ...attendance, remark, note() {}, progress() {} } }
}

/** Whether a line holds a command, and no comment or nothing. */
export const isCommand = ({ text }: Line): boolean => !/^\s*(#|$)/.test(text)

/** The words of a line, with or without the name of a program in front. Throws CommandError. */
async function wordsOf(text: string, program: string): Promise<readonly string[]> {
  const all = shellWords(text)
  const words = ['xe', PROGRAM, program].includes(all[0] ?? '') ? all.slice(1) : all
  const { own, rest } = splitOwn(takeSettings({}, words))
  const [option] = own
  if (option !== undefined) throw new CommandError(`${option} is for the batch as a whole, on its own command line`)
  if (rest.length < words.length)
    throw new CommandError('a batch has one server and one user, named on its own command line')
  const wrong = await misspelled(rest)
  if (wrong !== undefined) throw new CommandError(wrong)
  return words
}

/** In JSON a document on one line, so that it fits into a line of the batch. */
async function shown(
  output: Output,
  wanted: { readonly name: string; readonly minimal: boolean; readonly form: string },
  environment: Environment,
): Promise<string> {
  if (wanted.form !== 'json') return printed(output, wanted, environment)
  const { outputDocument } = await import('../formats/index.ts')
  return outputDocument(output, wanted.name)
}
