import { X509Certificate } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { presentedCertificate, systemCertificates, type TlsSettings, TrustError } from '../../../src/xapi/index.ts'
import { always, fixture, httpServer, httpsServer, rawServer, success } from '../servers.ts'
import { xmlTransport } from './calling.ts'

/** A call to a port of this machine, and a probe of it, which must come to the same. */
async function callTls(port: number, tls: TlsSettings, host = '127.0.0.1', timeoutMs = 5000): Promise<unknown> {
  const transport = await xmlTransport({ host, port, tls, timeoutMs })
  const probed = await transport.probe?.().catch((error: unknown) => error)
  const called = await transport.call('m', []).catch((error: unknown) => error)
  await transport.close()
  if (!(called instanceof Error)) {
    expect(probed).toBeUndefined()
    return called
  }
  expect(String(probed)).toBe(String(called))
  throw called
}

/** The TrustError of a call. */
async function distrustOf(port: number, tls: TlsSettings): Promise<TrustError> {
  const error = await callTls(port, tls).catch((reason: unknown) => reason)
  if (error instanceof TrustError) return error
  throw error
}

const ca = fixture('host.cert.pem')

describe('a call over TLS', () => {
  it('trusts a certificate that it was given', async () => {
    await using server = await httpsServer(always(success('x')))
    expect(await callTls(server.port, { ca })).toBe('x')
    expect(await callTls(server.port, { ca: Buffer.from(ca), verify: true })).toBe('x')
    expect(await callTls(server.port, { ca }, 'localhost')).toBe('x')
  })

  it('trusts no certificate that it does not know', async () => {
    await using server = await httpsServer(always(success('x')))
    const error = await distrustOf(server.port, {})
    expect(error.message).toBe(`the certificate of 127.0.0.1:${server.port} is not trusted: it is self-signed`)
    expect(server.requests).toEqual([])
  })

  it('verifies by default', async () => {
    await using server = await httpsServer(always(success('x')))
    const transport = await xmlTransport({ host: '127.0.0.1', port: server.port })
    await expect(transport.call('m', [])).rejects.toBeInstanceOf(TrustError)
    await transport.close()
  })

  it.each([
    ['belongs to another name', 'elsewhere.cert.pem', 'it belongs to another name'],
    ['has expired', 'expired.cert.pem', 'it has expired'],
  ])('does not trust a known certificate that %s', async (_, certificate, reason) => {
    await using server = await httpsServer(always(success('x')), certificate)
    const error = await distrustOf(server.port, { ca: fixture(certificate) })
    expect(error.message).toBe(`the certificate of 127.0.0.1:${server.port} is not trusted: ${reason}`)
    expect(error.code).toBe(reason === 'it has expired' ? 'expired' : 'other-name')
  })

  it.each(['host.cert.pem', 'elsewhere.cert.pem', 'expired.cert.pem'])(
    'takes any certificate, such as %s, where it is told not to verify',
    async certificate => {
      await using server = await httpsServer(always(success('x')), certificate)
      expect(await callTls(server.port, { verify: false })).toBe('x')
    },
  )

  it.each([
    ['is empty', ''],
    ['is no certificate', 'hello'],
    ['is cut off', ca.slice(0, 400)],
  ])('refuses a certificate to trust that %s', async (_, junk) => {
    const error = await xmlTransport({ host: '127.0.0.1', port: 1, tls: { ca: junk } }).catch(e => e)
    expect(error).toBeInstanceOf(TrustError)
    expect(error.message).toBe('the CA certificate to trust for 127.0.0.1:1 cannot be read')
  })

  it('says so where the host does not answer in TLS', async () => {
    await using server = await httpServer(always(success('x')))
    await expect(callTls(server.port, {})).rejects.toMatchObject({
      kind: 'protocol',
      message: `127.0.0.1:${server.port} does not answer in TLS`,
    })
  })

  it('says so where the host closes the connection', async () => {
    await using server = await rawServer(socket => socket.on('data', () => socket.destroy()))
    await expect(callTls(server.port, {})).rejects.toMatchObject({
      kind: 'closed',
      message: `127.0.0.1:${server.port} closed the connection without an answer`,
    })
  })

  it('gives up a host that never shakes hands', async () => {
    await using server = await rawServer(() => {})
    await expect(callTls(server.port, {}, '127.0.0.1', 50)).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('reuses its connection', async () => {
    await using server = await httpsServer(always(success('x')))
    const transport = await xmlTransport({ host: '127.0.0.1', port: server.port, tls: { ca } })
    for (const _ of [1, 2, 3]) expect(await transport.call('m', [])).toBe('x')
    await transport.close()
    expect(server.connections()).toBe(1)
  })
})

describe('a call over TLS to a host whose fingerprint is known', () => {
  const { fingerprint256 } = new X509Certificate(ca)
  const other = Array.from({ length: 32 }, () => 'AB').join(':')

  it.each([
    ['as it is printed', fingerprint256],
    ['without colons, in small letters', fingerprint256.replaceAll(':', '').toLowerCase()],
    ['behind the name of the algorithm', `SHA256:${fingerprint256}`],
    ['among several', [other, fingerprint256]],
  ])('trusts its certificate, the fingerprint given %s', async (_, fingerprint) => {
    await using server = await httpsServer(always(success('x')))
    expect(await callTls(server.port, { fingerprint })).toBe('x')
  })

  it('sends nothing to another, and tells both fingerprints', async () => {
    await using server = await httpsServer(always(success('x')))
    const error = await distrustOf(server.port, { fingerprint: other })
    expect(error).toMatchObject({ code: 'other-fingerprint', presented: fingerprint256, expected: [other] })
    expect(error.message).toBe(
      `the certificate of 127.0.0.1:${server.port} is not trusted: it is not the one that was expected`,
    )
    expect(server.requests).toEqual([])
  })

  it.each(['elsewhere.cert.pem', 'expired.cert.pem'])('does not mind its name and dates: %s', async certificate => {
    await using server = await httpsServer(always(success('x')), certificate)
    const fingerprint = new X509Certificate(fixture(certificate)).fingerprint256
    expect(await callTls(server.port, { fingerprint })).toBe('x')
    const error = await distrustOf(server.port, { fingerprint, ca: fixture(certificate) })
    expect(error.code).toBe(certificate === 'expired.cert.pem' ? 'expired' : 'other-name')
  })

  it('keeps its connection', async () => {
    await using server = await httpsServer(always(success('x')))
    const settings = { host: '127.0.0.1', port: server.port, tls: { fingerprint: fingerprint256 } }
    const transport = await xmlTransport(settings)
    for (const _ of [1, 2, 3]) expect(await transport.call('m', [])).toBe('x')
    await transport.close()
    expect(server.connections()).toBe(1)
  })

  it('gives up where the host closes the connection, never shakes hands or speaks no TLS', async () => {
    const tls = { fingerprint: other }
    await using rude = await rawServer(socket => socket.on('data', () => socket.destroy()))
    await expect(callTls(rude.port, tls)).rejects.toMatchObject({ kind: 'closed' })
    await using mute = await rawServer(() => {})
    await expect(callTls(mute.port, tls, '127.0.0.1', 50)).rejects.toMatchObject({ kind: 'timeout' })
    await using plain = await httpServer(always(success('x')))
    await expect(callTls(plain.port, tls)).rejects.toMatchObject({ kind: 'protocol' })
  })

  it('takes nothing for a fingerprint that is none', async () => {
    for (const fingerprint of ['', 'AB', 'x'.repeat(64)]) {
      await expect(xmlTransport({ host: 'h', tls: { fingerprint } })).rejects.toThrow('64 hexadecimal digits')
    }
  })
})

describe('the certificate of a host', () => {
  it('can be seen before it is trusted', async () => {
    await using server = await httpsServer(always(success('x')), 'expired.cert.pem')
    const expected = new X509Certificate(fixture('expired.cert.pem'))
    expect(await presentedCertificate({ host: '127.0.0.1', port: server.port })).toEqual({
      where: `127.0.0.1:${server.port}`,
      fingerprint: expected.fingerprint256,
      subject: expected.subject.replaceAll('\n', ', '),
      issuer: expected.issuer.replaceAll('\n', ', '),
      validFrom: new Date(expected.validFrom),
      validTo: new Date(expected.validTo),
    })
    expect(server.requests).toEqual([])
  })

  it('cannot be had from a host that speaks no TLS', async () => {
    await using server = await httpServer(always(success('x')))
    const error = await presentedCertificate({ host: '127.0.0.1', port: server.port }).catch(e => e)
    expect(error).toMatchObject({ name: 'TransportError', kind: 'protocol' })
  })
})

describe('the certificates of the system', () => {
  const path = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

  it('can be trusted, from the file that somebody names', async () => {
    await using server = await httpsServer(always(success('x')))
    const system = await systemCertificates(path('host.cert.pem'))
    expect(system).toBe(ca)
    expect(await callTls(server.port, { ca: system })).toBe('x')
  })

  it('are none where that file is missing or holds none', async () => {
    expect(await systemCertificates('/nonexistent')).toBeUndefined()
    expect(await systemCertificates(path('host.key.pem'))).toBeUndefined()
  })

  it('do not make a stranger trusted', async () => {
    await using server = await httpsServer(always(success('x')))
    const system = await systemCertificates()
    expect((await distrustOf(server.port, { ca: system })).code).toBe('unknown-issuer')
  })
})

describe('a limit for connecting', () => {
  it.each([
    ['', {}],
    [' whose fingerprint is known', { fingerprint: 'AB'.repeat(32) }],
  ])('ends a call to a host%s that never shakes hands, long before the call must end', async (_, tls) => {
    await using server = await rawServer(() => {})
    const settings = { host: '127.0.0.1', port: server.port, tls, timeoutMs: 0, connectTimeoutMs: 50 }
    const transport = await xmlTransport(settings)
    const line = { kind: 'timeout', message: `127.0.0.1:${server.port} did not answer within 0.05 s` }
    await expect(transport.call('m', [])).rejects.toMatchObject(line)
    await expect(transport.probe?.()).rejects.toMatchObject(line)
    await transport.close()
  })

  it('is none for the call', async () => {
    await using server = await httpsServer((_, response) => void setTimeout(() => response.end(success('x')), 1100))
    const settings = { host: '127.0.0.1', port: server.port, tls: { ca }, connectTimeoutMs: 1000 }
    const transport = await xmlTransport(settings)
    expect(await transport.call('m', [])).toBe('x')
    await transport.close()
  })
})

describe('a plain call to a port that expects TLS', () => {
  it('fails with one clear line', async () => {
    await using server = await httpsServer(always(success('x')))
    const transport = await xmlTransport({ host: '127.0.0.1', port: server.port, tls: false })
    const error = await transport.call('m', []).catch(e => e)
    await transport.close()
    expect(error).toMatchObject({ name: 'TransportError', message: expect.stringMatching(/^127\.0\.0\.1:\d+ [^\n]+$/) })
  })
})
