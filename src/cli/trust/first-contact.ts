import { type PresentedCertificate, TrustError } from '../../xapi/index.ts'
import type { Ask } from '../environment.ts'

/** What decides about a certificate that is not known. */
export interface Decision {
  /** Take it without a question. */
  readonly trustNew: boolean
  /** Undefined where there is nobody to ask. */
  readonly ask: Ask | undefined
  /** Where it will be remembered, as the user is told. */
  readonly path: string
  /** Takes whole lines for the user. */
  readonly say: (text: string) => void
}

/**
 * Decides whether a certificate that nobody vouches for is trusted from now on: returns if so. Throws TrustError if not, with
 * the fingerprint in it.
 */
export async function meet(certificate: PresentedCertificate, error: TrustError, decision: Decision): Promise<void> {
  const { where, fingerprint } = certificate
  const { trustNew, ask, say, path } = decision
  if (trustNew) {
    say(`The certificate of ${where} is trusted from now on (${path}): SHA-256 ${fingerprint}\n`)
    return
  }
  if (!ask) throw new TrustError(error.code, error.message, { cause: error, presented: fingerprint })
  say(introduction(certificate, error))
  if (await isAccepted(ask, fingerprint)) return
  throw new TrustError(error.code, `the certificate of ${where} was not accepted`, { cause: error })
}

/** Only a whole word counts, or the fingerprint itself, which somebody may have from elsewhere. */
async function isAccepted(ask: Ask, fingerprint: string): Promise<boolean> {
  let question = 'Trust it from now on? (yes/no) '
  for (;;) {
    const answer = await ask(question, {})
    const text = answer?.trim().toLowerCase()
    if (text === undefined || text === 'no') return false
    if (text === 'yes' || text === fingerprint.toLowerCase()) return true
    question = "Please type 'yes' or 'no': "
  }
}

function introduction(
  { fingerprint, subject, issuer, validFrom, validTo }: PresentedCertificate,
  error: TrustError,
): string {
  const day = (date: Date): string => date.toISOString().slice(0, 10)
  return [
    `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`,
    `SHA-256: ${fingerprint}`,
    `subject: ${subject}`,
    ...(issuer === subject ? [] : [`issuer: ${issuer}`]),
    `valid: ${day(validFrom)} to ${day(validTo)}`,
    '',
  ].join('\n')
}
