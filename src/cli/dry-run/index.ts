import { CommandError, type Context, type Datum, type Output, type Session } from '../../commands/index.ts'
import { datamodel, type Value } from '../../datamodel/index.ts'
import { TransportError } from '../../xapi/index.ts'
import type { CommandPlan } from '../plan.ts'
import { isRead } from './reads.ts'
import { isUnknown, unknownResult } from './unknown.ts'

/** A call that a command makes, or would make. */
interface Call {
  readonly method: string
  readonly parameters: readonly Value[]
  readonly made: boolean
  result: Value | undefined
}

/** Longer results are only measured. */
const LONGEST = 120

/**
 * Runs a command on a host that it cannot change: calls that read are made, all others are only noted, and so are those that
 * would need the result of one. Gives the calls in order. Throws what a call that is made throws.
 */
export async function dryRun({ command, parameters }: CommandPlan, context: Context): Promise<Output> {
  const calls: Call[] = []
  let unknowns = 0
  const dry = (session: Session): Session => ({
    ref: session.ref,
    async call(method, ...given) {
      const made = isRead(method) && !given.some(isUnknown)
      const call: Call = { method, parameters: given, made, result: undefined }
      calls.push(call)
      call.result = made
        ? await session.call(method, ...given)
        : unknownResult(datamodel().messages.get(method)?.result, () => ++unknowns)
      return call.result
    },
  })
  try {
    const session = dry(context.session)
    await command.run({ ...context, session, sessionOf: ref => dry(context.sessionOf(ref)), askFake }, parameters)
  } catch (error) {
    // What comes next may hang on what nobody knows: then the calls until here are all that can be told.
    if (!(error instanceof TransportError && error.kind === 'protocol' && unknowns > 0)) throw error
  }
  const { compact } = await import('../formats/index.ts')
  return { kind: 'values', values: calls.map(call => line(call, compact)), data: calls.map(datum) }
}

async function askFake(): Promise<never> {
  throw new CommandError('what a fake host is asked beside its API cannot be shown: leave --dry-run out')
}

type Write = (value: Value) => string

function line({ method, parameters, made, result }: Call, write: Write): string {
  const call = `${method}(${parameters.map(value => shown(value, write)).join(', ')})`
  const outcome = result === undefined || result === '' ? '' : ` = ${brief(result, write)}`
  return `${made ? 'made    ' : 'not made'}  ${call}${outcome}`
}

function datum({ method, parameters, made, result }: Call): Datum {
  return new Map<string, Datum>([
    ['method', method],
    ['parameters', parameters],
    ['made', made],
    ['result', made && result !== undefined ? result : null],
  ])
}

function brief(value: Value, write: Write): string {
  const text = shown(value, write)
  if (text.length <= LONGEST) return text
  if (value instanceof Map) return `{ ${value.size} entries }`
  return Array.isArray(value) ? `[ ${value.length} items ]` : `${text.slice(0, LONGEST)}...`
}

const shown = (value: Value, write: Write): string => (isUnknown(value) ? unquoted(write(value)) : write(value))

/** What stands for an unknown value is no text of anybody's, and has no quotes. */
const unquoted = (text: string): string => text.replace(/"(<unknown \d+>)"/g, '$1')
