import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createIdentity } from '../../../src/fake-host/server/certificate.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/start.ts'
import { connect } from '../../../src/xapi/index.ts'
import { newFolder } from '../folder.ts'
import { post, xmlCall } from './raw.ts'

async function start(options: FakeHostOptions = {}): Promise<FakeHost> {
  const fake = await startFakeHost({ tls: true, ...options })
  onTestFinished(async () => void (await fake.stop()))
  return fake
}

/** What a server answers to these bytes, sent over TLS with its certificate verified. */
function exchange(port: number, ca: string, bytes: string, servername?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const host = servername ?? '127.0.0.1'
    const socket = connectTls(
      { host: '127.0.0.1', port, ca, ...(servername !== undefined && { servername: host }) },
      () => socket.write(bytes),
    )
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

const call = (...headers: string[]) =>
  post(xmlCall('session.login_with_password', 'root', 'pw'), { headers: ['Connection: close', ...headers] })

describe('a fake host with TLS', () => {
  it('shows a certificate that a client can verify, by address and by name', async () => {
    const fake = await start()
    expect(fake.url).toBe(`https://127.0.0.1:${fake.port}`)
    for (const name of [undefined, 'localhost']) {
      expect(await exchange(fake.port, fake.ca, call(), name)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*OpaqueRef:/)
    }
    await expect(exchange(fake.port, fake.ca, call(), 'elsewhere')).rejects.toThrow(/altnames/)
  })

  it('is reached by the client, verified', async () => {
    const fake = await start({ members: true })
    const { port } = new URL(fake.hosts.get('host2').url)
    const session = await connect({
      host: '127.0.0.1',
      port: Number(port),
      tls: { ca: fake.ca },
      username: 'root',
      password: 'pw',
    })
    expect(await session.call('pool.get_all')).toHaveLength(1)
    await session.logout()
  })

  it('hands out what is to be trusted in a file, for as long as it runs', async () => {
    const fake = await startFakeHost({ tls: true })
    expect(await readFile(fake.caFile, 'utf8')).toBe(fake.ca)
    expect((await stat(fake.caFile)).mode & 0o777).toBe(0o644)
    await fake.stop()
    await expect(stat(fake.caFile)).rejects.toThrow('ENOENT')
  })

  it('takes a certificate as text or in files, which stay', async () => {
    const identity = await createIdentity(['localhost', '127.0.0.1'])
    const folder = await newFolder()
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    await writeFile(cert, identity.cert)
    await writeFile(key, identity.key)
    for (const tls of [identity, { cert, key }]) {
      const fake = await startFakeHost({ tls })
      expect(await exchange(fake.port, identity.cert, call())).toContain('200 OK')
      expect(fake.ca).toBe(identity.cert)
      if (tls !== identity) expect(fake.caFile).toBe(cert)
      await fake.stop()
    }
    await stat(cert)
  })

  it('refuses a certificate that is none or does not go with its key', async () => {
    const [one, two] = [await createIdentity(['a']), await createIdentity(['b'])]
    await expect(startFakeHost({ tls: { cert: one.cert, key: two.key } })).rejects.toThrow(
      'the key is not that of the certificate',
    )
    await expect(startFakeHost({ tls: { cert: one.key, key: one.key } })).rejects.toThrow(
      'the certificate cannot be read',
    )
    await expect(startFakeHost({ tls: { cert: one.cert, key: one.cert } })).rejects.toThrow(
      'the key of the certificate cannot',
    )
    await expect(startFakeHost({ tls: { cert: '/nowhere.pem', key: one.key } })).rejects.toThrow(
      '/nowhere.pem: no such file',
    )
  })

  it('goes on serving after somebody has spoken plain HTTP to it', async () => {
    const fake = await start()
    const socket = connectPlain({ host: '127.0.0.1', port: fake.port })
    await new Promise<void>(resolve => {
      socket.on('close', () => resolve()).on('error', () => {})
      socket.write(call())
    })
    expect(await exchange(fake.port, fake.ca, call())).toContain('200 OK')
  })

  it('tells a client that pins certificates the one of the coordinator', async () => {
    const fake = await start({ members: true })
    const port = Number(new URL(fake.hosts.get('host2').url).port)
    const { fingerprint, fingerprint256 } = new X509Certificate(fake.ca)
    const header = 'x-xenapi-request-host-certificate-thumbprint'
    const answered = 'x-xenapi-response-host-certificate-thumbprint'
    expect(await exchange(port, fake.ca, call(`${header}: sha-256:master`))).toContain(
      `\r\n${answered}: ${fingerprint256}\r\n`,
    )
    expect(await exchange(port, fake.ca, call(`${header}: sha-1:master`))).toContain(
      `\r\n${answered}: ${fingerprint}\r\n`,
    )
    expect(await exchange(port, fake.ca, call(`${header}: md5:master`))).not.toContain(answered)
    expect(await exchange(port, fake.ca, call())).not.toContain(answered)
    expect(await exchange(fake.port, fake.ca, call(`${header}: sha-256:master`))).not.toContain(answered)
  })
})

describe('a certificate', () => {
  const names = ['127.0.0.1', 'localhost', '::1', 'fe80::1:2%eth0', '::ffff:192.0.2.1', '2001:db8::']

  it('is for all its names and addresses, and for ever', async () => {
    const certificate = new X509Certificate((await createIdentity(names)).cert)
    for (const address of ['127.0.0.1', '::1', 'fe80::1:2', '::ffff:192.0.2.1', '2001:db8::']) {
      expect(certificate.checkIP(address)).toBeDefined()
    }
    expect(certificate.checkIP('2001:db8::1')).toBeUndefined()
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkHost('example.com')).toBeUndefined()
    expect(certificate.subject).toBe('O=xe-tunnel fake host\nCN=127.0.0.1')
    expect([certificate.validFrom, certificate.validTo]).toEqual([
      'Jan  1 00:00:00 2000 GMT',
      'Dec 31 23:59:59 9999 GMT',
    ])
    expect(certificate.ca).toBe(false)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
  })

  it('is another each time', async () => {
    const [one, two] = [await createIdentity(names), await createIdentity(names)].map(
      ({ cert }) => new X509Certificate(cert),
    )
    expect(one?.serialNumber).not.toBe(two?.serialNumber)
  })

  it('passes the strict checks of openssl, where there is one', async context => {
    const file = join(await newFolder(), 'cert.pem')
    await writeFile(file, (await createIdentity(names)).cert)
    const run = promisify(execFile)
    await run('openssl', ['version']).catch(() => context.skip('there is no openssl'))
    const checks = ['-x509_strict', '-purpose', 'sslserver', '-verify_ip', '127.0.0.1', '-verify_hostname', 'localhost']
    expect((await run('openssl', ['verify', ...checks, '-CAfile', file, file])).stdout).toContain(': OK')
  })
})
