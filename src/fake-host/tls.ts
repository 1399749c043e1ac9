import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Address, checkIdentity, createIdentity, type Identity, reachable } from './server/index.ts'
import { readText } from './state/index.ts'

/** A certificate, or a chain of them, and its key: as PEM, or the files that hold it. */
export interface GivenIdentity {
  readonly cert: string
  readonly key: string
}

export interface Tls {
  readonly identity: Identity | undefined
  /** What clients have to trust, as PEM, and a file that holds it; empty without TLS. */
  readonly ca: string
  readonly caFile: string
  /** Removes the file, unless it was given. */
  end(): Promise<void>
}

const NONE: Tls = { identity: undefined, ca: '', caFile: '', end: async () => {} }

/** What is shown at these addresses. Throws FakeHostError. */
export async function openTls(tls: boolean | GivenIdentity, addresses: readonly Address[]): Promise<Tls> {
  if (tls === false) return NONE
  if (tls === true) {
    const own = addresses.flatMap(address => ('host' in address ? [reachable(address.host)] : []))
    const identity = await createIdentity([...own, 'localhost', '127.0.0.1', '::1'])
    return inFile(identity)
  }
  const identity = checkIdentity({ cert: await pem(tls.cert), key: await pem(tls.key) })
  return isPem(tls.cert) ? inFile(identity) : { identity, ca: identity.cert, caFile: resolve(tls.cert), end: NONE.end }
}

const isPem = (text: string): boolean => text.includes('-----BEGIN ')
const pem = async (given: string): Promise<string> => (isPem(given) ? given : readText(given))

/** The folder is its owner's alone, as all of the kind are; who gets the file from there may read it. */
async function inFile(identity: Identity): Promise<Tls> {
  const folder = await mkdtemp(join(tmpdir(), 'xe-tunnel-fake-'))
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, identity.cert, { mode: 0o644 })
  return { identity, ca: identity.cert, caFile, end: () => rm(folder, { recursive: true, force: true }) }
}
