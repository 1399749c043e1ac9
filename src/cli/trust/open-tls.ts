import { CommandError } from '../../commands/index.ts'
import {
  type CallOptions,
  endpointName,
  type HostSettings,
  normalFingerprint,
  openTransport,
  presentedCertificate,
  systemCertificates,
  type Transport,
  TrustError,
} from '../../xapi/index.ts'
import type { Attendant, Environment } from '../environment.ts'
import type { Settings } from '../settings.ts'
import { knownHost, rememberHost } from './known-hosts.ts'
import { onceTrusted, unlessDistrusted } from './remedy.ts'

/** A host that is reached over TLS, without what its certificate is held against. */
export type Place = Omit<HostSettings, 'tls' | 'host' | 'port'> & { readonly host: string; readonly port: number }

/**
 * A transport to a host whose certificate is held against what the settings say (docs/decisions/tls-verification.md): nothing,
 * a CA file, a fingerprint, what is known of the host from before, or the system's store. A host that is new and that nobody
 * vouches for is met when the first call comes to it.
 */
export async function openTls(
  place: Place,
  settings: Settings,
  readFile: Environment['readFile'],
  attendant: Attendant,
): Promise<Transport> {
  const { trust, fingerprint, insecure, trustNew } = settings
  const ca = settings.ca && certificates(settings.ca, readFile)
  if (insecure || (trust === 'anyone' && !ca && !fingerprint))
    return openTransport({ ...place, tls: { verify: false } })
  const where = endpointName(place)
  const { knownHosts } = attendant
  if (fingerprint) {
    const transport = await openTransport({ ...place, tls: { ca, fingerprint } })
    if (!trustNew) return transport
    return onceTrusted(transport, () => {
      const isNews = knownHost(knownHosts, where)?.fingerprint !== normalFingerprint(fingerprint)
      if (isNews) rememberHost(knownHosts, where, normalFingerprint(fingerprint) ?? fingerprint)
    })
  }
  if (ca) return openTransport({ ...place, tls: { ca } })
  const known = trust === 'known' ? knownHost(knownHosts, where) : undefined
  if (known) {
    const transport = await openTransport({ ...place, tls: { fingerprint: known.fingerprint } })
    return unlessDistrusted(transport, error => {
      throw changed(error, where, `${knownHosts}, line ${known.line}`)
    })
  }
  return trust === 'system' ? bySystem(place, attendant) : unlessDistrusted(await bySystem(place, attendant), meetHost)

  async function meetHost(error: TrustError, options: CallOptions): Promise<Transport> {
    const { meet } = await import('./first-contact.ts')
    const certificate = await presentedCertificate(place, options)
    await meet(certificate, error, { ...attendant, trustNew, path: knownHosts })
    rememberHost(knownHosts, where, certificate.fingerprint)
    return openTransport({ ...place, tls: { fingerprint: certificate.fingerprint } })
  }
}

/**
 * What Node.js trusts, and what the system trusts beside it: reading that takes its time, so only where the first does not know
 * the issuer.
 */
async function bySystem(place: Place, { systemFile }: Attendant): Promise<Transport> {
  return unlessDistrusted(await openTransport({ ...place, tls: {} }), async error => {
    const ca = error.code === 'unknown-issuer' ? await systemCertificates(systemFile) : undefined
    if (ca === undefined) throw error
    return openTransport({ ...place, tls: { ca } })
  })
}

/** Never a question: who expects a change can say so, and nobody else should get used to saying yes. */
function changed(error: TrustError, where: string, source: string): TrustError {
  const { presented, expected } = error
  const text = `the certificate of ${where} has changed: it is not the one in ${source}`
  return new TrustError(error.code, text, { cause: error, ...(presented === undefined ? {} : { presented }), expected })
}

function certificates(path: string, readFile: Environment['readFile']): string {
  try {
    return readFile(path)
  } catch {
    throw new CommandError(`the certificates in ${path} cannot be read`)
  }
}
