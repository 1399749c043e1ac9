import { CommandError } from '../../commands/index.ts'
import { type Environment, Interruption, type Program } from '../environment.ts'
import { complain } from '../errors/index.ts'
import { notes } from '../note.ts'
import { inOpenSession } from '../run.ts'
import type { Settings } from '../settings.ts'
import { inOrder } from './in-order.ts'
import { type Line, linesOf } from './lines.ts'
import { type BatchOptions, readOptions } from './options.ts'
import { isCommand, type Outcome, runLine } from './run-line.ts'

const name = 'batch'

/**
 * Runs commands, one a line, in one session, and prints what each comes to in the order of the lines. Ends with the first failure
 * unless it is to keep going. Resolves to the worst exit status (docs/command-line.md, Batches).
 */
export const batch: Program = async ({ settings, parameters }, environment) => {
  const { note } = notes(settings, environment)
  const stop = new AbortController()
  try {
    const options = readOptions(parameters)
    if (settings.watch || settings.dryRun) throw new CommandError('a batch knows neither --watch nor --dry-run')
    const lines = commands(source(options, environment, stop.signal))
    return await inOpenSession(environment, settings, note, async (session, context) => {
      const end = reporting(environment, settings, options)
      const outcomes = inOrder(
        lines,
        options.parallel,
        line => runLine(line, { environment, settings, session, context }),
        ({ status }) => (status === 0 || options.keepGoing) && !environment.signal.aborted,
      )
      for await (const outcome of outcomes) end.report(outcome)
      environment.signal.throwIfAborted()
      return end.status
    })
  } catch (error) {
    if (error instanceof Interruption) return error.status
    await complain(environment, { name, parameters, settings }, error)
    return 1
  } finally {
    stop.abort()
  }
}

function source({ file }: BatchOptions, environment: Environment, stop: AbortSignal): AsyncIterable<string> | string[] {
  if (file === undefined) return environment.input(AbortSignal.any([stop, environment.signal]))
  try {
    return [environment.readFile(file)]
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new CommandError(`${file} cannot be read${code}`)
  }
}

async function* commands(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Line> {
  for await (const line of linesOf(chunks)) if (isCommand(line)) yield line
}

/** Prints outcomes and remembers the worst. */
function reporting(
  { stdout, stderr }: Environment,
  { output }: Settings,
  { keepGoing }: BatchOptions,
): { report(outcome: Outcome): void; readonly status: number } {
  let worst = 0
  return {
    get status() {
      return worst
    },
    report(outcome) {
      const { line, command, status, out, err } = outcome
      worst = Math.max(worst, status)
      if (output === 'json') {
        stdout.write(jsonLine(outcome))
        return
      }
      stdout.write(out)
      const what = `${name}: line ${line}${command === '' ? '' : `, ${command}`}`
      if (err !== '') stderr.write(status === 0 ? err : `${what}:\n${err}`)
      if (status !== 0 && err !== '' && !keepGoing) stderr.write(`${name}: stopped at line ${line}\n`)
    },
  }
}

/** An object on a line for a command; the documents in it are on one line already. */
function jsonLine({ line, command, status, out, err }: Outcome): string {
  const members = [
    '"version":1',
    `"line":${line}`,
    `"command":${JSON.stringify(command)}`,
    `"status":${status}`,
    `"output":${documentIn(out)}`,
    `"error":${documentIn(err)}`,
  ]
  return `{${members.join(',')}}\n`
}

const documentIn = (text: string): string => text.trim() || 'null'
