import { createHash, createPrivateKey, generateKeyPair, sign, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { FakeHostError } from '../error.ts'
import { bitString, integer, nothing, octetString, oid, sequence, set, tagged, time, utf8String } from './der.ts'
import type { Thumbprints } from './thumbprint.ts'

/** What a server shows of itself in TLS: a certificate, or a chain of them, and its key, as PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** Valid since before any clock that is right, and for ever: RFC 5280 has this date for certificates that do not expire. */
const VALID = ['20000101000000Z', '99991231235959Z'] as const

const OIDS = {
  rsaWithSha256: '1.2.840.113549.1.1.11',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
}

/**
 * A new RSA key and a certificate of its own for it, as a host has one after it was installed.
 * @param names what it is for: names and IP addresses, the first of them its common name
 */
export async function createIdentity(names: readonly string[]): Promise<Identity> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const identifier = createHash('sha1')
    .update(publicKey.export({ type: 'pkcs1', format: 'der' }))
    .digest()
  const algorithm = sequence(oid(OIDS.rsaWithSha256), nothing())
  const name = sequence(attribute(OIDS.organization, 'xe-tunnel fake host'), attribute(OIDS.commonName, names[0] ?? ''))
  const content = sequence(
    tagged(0, integer(Buffer.of(2))), // version 3
    integer(Buffer.concat([Buffer.of(1), identifier.subarray(0, 15)])), // unlike that of any other key
    algorithm,
    name,
    sequence(...VALID.map(time)),
    name,
    spki,
    tagged(3, sequence(...extensions(names, identifier))),
  )
  const signature = sign('sha256', content, privateKey)
  return {
    cert: pem('CERTIFICATE', sequence(content, algorithm, bitString(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8String(value)))

/**
 * It is no certificate authority, for some clients take none for a server. It says nothing about the use of its key, for others
 * would then miss that of signing certificates.
 */
function extensions(names: readonly string[], identifier: Buffer): Buffer[] {
  const extension = (type: string, value: Buffer): Buffer => sequence(oid(type), octetString(value))
  return [
    extension(OIDS.subjectKeyIdentifier, octetString(identifier)),
    extension(OIDS.authorityKeyIdentifier, sequence(tagged(0, identifier, true))),
    extension(OIDS.basicConstraints, sequence()),
    extension(OIDS.extKeyUsage, sequence(oid(OIDS.serverAuth))),
    extension(OIDS.subjectAltName, sequence(...[...new Set(names)].map(alternativeName))),
  ]
}

const alternativeName = (name: string): Buffer =>
  isIP(name) ? tagged(7, addressBytes(name), true) : tagged(2, Buffer.from(name), true)

/** An IP address as its four or sixteen bytes. */
function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`) // which writes a dotted end in hexadecimal
  const [left = [], right = []] = hostname
    .slice(1, -1)
    .split('::')
    .map(half => half.split(':').filter(group => group !== ''))
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return Buffer.from([...left, ...zeros, ...right].map(group => group.padStart(4, '0')).join(''), 'hex')
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** Throws FakeHostError where a certificate or its key is none, or where they do not belong together. */
export function checkIdentity({ cert, key }: Identity): Identity {
  const read = <T>(name: string, parse: () => T): T => {
    try {
      return parse()
    } catch {
      throw new FakeHostError(`the ${name} cannot be read: PEM is needed, and no passphrase`)
    }
  }
  const certificate = read('certificate', () => new X509Certificate(cert))
  const privateKey = read('key of the certificate', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new FakeHostError('the key is not that of the certificate')
  return { cert, key }
}

export function thumbprintsOf({ cert }: Identity): Thumbprints {
  const { fingerprint, fingerprint256 } = new X509Certificate(cert)
  return { 'sha-1': fingerprint, 'sha-256': fingerprint256 }
}
