import { CommandError, type Session } from '../../commands/index.ts'
import { type ErrorCode, TransportError, TrustError, XapiError } from '../../xapi/index.ts'
import { UsageError } from '../ending.ts'
import { usageHint } from '../usage.ts'

/**
 * What stderr says of a failure, in whole lines (docs/spec/xe-cli-semantics.md 6.1). With a session, references in a
 * host's failure become readable. An error that nobody expected shows its stack.
 */
export async function describeError(error: unknown, session: Session | undefined): Promise<string> {
  if (error instanceof UsageError) return `${error.message}\n${usageHint}\n`
  if (error instanceof CommandError || error instanceof TransportError) return `Error: ${error.message}\n`
  if (error instanceof TrustError)
    return `Error: ${error.message} (--ca=FILE names what to trust, --insecure trusts anyone)\n`
  if (error instanceof XapiError) return describeFailure(error, session)
  return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}

async function describeFailure({ code, params }: XapiError, session: Session | undefined): Promise<string> {
  if (code === 'SESSION_AUTHENTICATION_FAILED') {
    const [user] = params
    if (user === undefined) return describeFailure(new XapiError('INTERNAL_ERROR', ['Failure: hd']), session)
    return `${user === '' ? 'A user name is needed to log in.' : 'Authentication failed'}\n${usageHint}\n`
  }
  const [{ explanations }, { errorParameters }] = await Promise.all([
    import('./explanations.ts'),
    import('../../datamodel/errors.gen.ts'),
  ])
  const isKnown = (text: string): text is ErrorCode => Object.hasOwn(explanations, text)
  const labels = isKnown(code) ? labelsOf(code, errorParameters[code], params.length) : []
  const values = session ? await readableOrRaw(labels, params, session) : params
  if (!isKnown(code)) return `Error code: ${code}\nError parameters: ${values.join(', ')}\n`
  const lines = Array.from({ length: Math.max(labels.length, values.length) }, (_, at) => {
    return `${labels[at] ?? '<extra>'}: ${values[at] ?? '<unknown>'}\n`
  })
  return `${explanations[code]}\n${lines.join('')}`
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
