import { CommandError, type Detail, type Session } from '../../commands/index.ts'
import { type ErrorCode, TransportError, TrustError, XapiError } from '../../xapi/index.ts'
import { UsageError } from '../ending.ts'
import { PROGRAM, usageHint } from '../usage.ts'

/** What is to be told of a failure (docs/output.md). */
export interface Failure {
  /** The host's code, or a name of ours in lower case for what no host said. */
  readonly code: string
  /** The parameters of the host's code, in its own words. */
  readonly params: readonly string[]
  readonly message: string
  /** The parameters with their labels, references made readable. */
  readonly details: readonly Detail[]
  /** All of it as xe says it, in whole lines. */
  readonly text: string
  /** There are no words for the host's code, so that xe shows it as it is. */
  readonly isUnknown?: true
}

/** What stderr says of a failure, in whole lines. See `failureOf`. */
export async function describeError(error: unknown, session: Session | undefined): Promise<string> {
  return (await failureOf(error, session)).text
}

/**
 * What a failure comes to (docs/spec/xe-cli-semantics.md 6.1), for who called the program by that name. With a session, references
 * in a host's failure become readable. An error that nobody expected shows its stack.
 */
export async function failureOf(
  error: unknown,
  session: Session | undefined,
  program: string = PROGRAM,
): Promise<Failure> {
  if (error instanceof UsageError) return ours('usage', error.message, `${error.message}\n${usageHint(program)}\n`)
  if (error instanceof CommandError) return ofCommand(error)
  if (error instanceof TransportError) return ours(`transport-${error.kind}`, error.message)
  if (error instanceof TrustError) return (await import('../trust/advice.ts')).distrust(error)
  if (error instanceof XapiError) return ofHost(error, session, program)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return ours('bug', stack, `${stack}\n`)
}

function ofCommand({ message, details }: CommandError): Failure {
  const lines = details.map(({ value }) => `${value}\n`)
  return { ...ours('command', message, `Error: ${message}\n${lines.join('')}`), details }
}

function ours(code: string, message: string, text = `Error: ${message}\n`): Failure {
  return { code, params: [], message, details: [], text }
}

async function ofHost({ code, params }: XapiError, session: Session | undefined, program: string): Promise<Failure> {
  if (code === 'SESSION_AUTHENTICATION_FAILED') {
    const [user] = params
    if (user === undefined) return ofHost(new XapiError('INTERNAL_ERROR', ['Failure: hd']), session, program)
    const message = user === '' ? 'A user name is needed to log in.' : 'Authentication failed'
    return { code, params, message, details: [], text: `${message}\n${usageHint(program)}\n` }
  }
  const { explanations, errorParameters } = await import('./code-table.ts')
  const isKnown = (text: string): text is ErrorCode => Object.hasOwn(explanations, text)
  const labels = isKnown(code) ? labelsOf(code, errorParameters[code], params.length) : []
  const values = session ? await readableOrRaw(labels, params, session) : params
  const details = Array.from({ length: Math.max(labels.length, values.length) }, (_, at) => ({
    label: labels[at] ?? '<extra>',
    value: values[at] ?? '<unknown>',
  }))
  if (!isKnown(code)) {
    const text = `Error code: ${code}\nError parameters: ${values.join(', ')}\n`
    const message = 'The host failed with a code that this release does not know.'
    return { code, params, message, details, text, isUnknown: true }
  }
  const message = explanations[code]
  const lines = details.map(({ label, value }) => `${label}: ${value}\n`)
  return { code, params, message, details, text: `${message}\n${lines.join('')}` }
}

function labelsOf(code: ErrorCode, declared: readonly string[], given: number): readonly string[] {
  return code === 'VMS_FAILED_TO_COOPERATE' ? Array.from({ length: given }, () => 'VM') : declared
}

/** A host that can no longer be asked must not hide what it said. */
async function readableOrRaw(
  labels: readonly string[],
  values: readonly string[],
  session: Session,
): Promise<readonly string[]> {
  if (!values.some(value => value.startsWith('OpaqueRef:'))) return values
  const { readable } = await import('./references.ts')
  try {
    return await readable(labels, values, session)
  } catch (error) {
    if (error instanceof TransportError || error instanceof TrustError) return values
    throw error
  }
}
