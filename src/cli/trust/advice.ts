import type { TrustError } from '../../xapi/index.ts'
import type { Failure } from '../errors/index.ts'

/** What is to be told of a certificate that is not trusted, with what the user can do about it. */
export function distrust(error: TrustError): Failure {
  const { message, presented, expected } = error
  const told = (advice: readonly string[], details: Failure['details'] = []): Failure => {
    const lines = details.map(({ label, value }) => `${label}: ${value}`)
    return {
      code: 'trust',
      params: [],
      message,
      details,
      text: `${[`Error: ${message}`, ...lines, ...advice].join('\n')}\n`,
    }
  }
  if (presented === undefined) {
    const text = `Error: ${message} (--ca=FILE names what to trust, --insecure trusts anyone)\n`
    return { ...told([]), text }
  }
  if (expected.length === 0) {
    const advice =
      'If that is the host, --trust-new takes its certificate and remembers it. --ca=FILE names what else to trust.'
    return told([advice], [{ label: 'SHA-256', value: presented }])
  }
  return told(
    [
      'Somebody may be in between. If the certificate was replaced on purpose, accept the new one for good with',
      `--trust-new --fingerprint=${presented}`,
    ],
    [...expected.map(value => ({ label: 'expected', value })), { label: 'presented', value: presented }],
  )
}
