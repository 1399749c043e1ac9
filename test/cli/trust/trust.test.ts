import { X509Certificate } from 'node:crypto'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { type FakeHost, startFakeHost } from '../../../src/fake-host/index.ts'
import { home, somebody } from './real.ts'

const serving = (): Promise<FakeHost> => startFakeHost({ tls: true })
const fingerprintOf = ({ ca }: FakeHost): string => new X509Certificate(ca).fingerprint256
const at = ({ port }: FakeHost): string[] => ['-s', `127.0.0.1:${port}`, '-u', 'root', '-pw', 'pw']
const list = (host: FakeHost, ...more: string[]): string[] => [
  'host-list',
  'params=uuid',
  '--minimal',
  ...at(host),
  ...more,
]
const done = { status: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}/) }
const logins = ({ calls }: FakeHost): number => calls.filter(({ method }) => /login/.test(method)).length

describe('a host that is not known', () => {
  it('is refused where there is nobody to ask, with its fingerprint, and is told no password', async () => {
    using user = home()
    await using host = await serving()
    const { status, stdout, stderr } = await user.run(list(host))
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr.split('\n')).toEqual([
      `Error: the certificate of 127.0.0.1:${host.port} is not trusted: it is self-signed`,
      `SHA-256: ${fingerprintOf(host)}`,
      expect.stringMatching(/--trust-new .*--ca=FILE/),
      '',
    ])
    expect(host.calls).toEqual([])
    expect(user.known()).toBe('')
  })

  it('is shown to somebody at a terminal, and remembered when he accepts it', async () => {
    using user = home()
    await using host = await serving()
    const { ask, asked } = somebody('y', 'yes')
    const { stderr, ...outcome } = await user.run(list(host), { ask })
    expect(outcome).toEqual(done)
    expect(asked).toEqual(['Trust it from now on? (yes/no) ', "Please type 'yes' or 'no': "])
    expect(stderr.split('\n')).toEqual([
      `The certificate of 127.0.0.1:${host.port} is not trusted: it is self-signed.`,
      `SHA-256: ${fingerprintOf(host)}`,
      'subject: O=xe-tunnel fake host, CN=127.0.0.1',
      'valid: 2000-01-01 to 9999-12-31',
      '',
    ])
    expect(user.known()).toBe(`127.0.0.1:${host.port} SHA256:${fingerprintOf(host)}\n`)
    expect(statSync(user.knownHosts).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(user.knownHosts)).mode & 0o777).toBe(0o700)
    expect(await user.run(list(host))).toEqual({ ...done, stderr: '' })
  })

  it('is accepted by somebody who types the fingerprint that he has from elsewhere', async () => {
    using user = home()
    await using host = await serving()
    const { ask } = somebody(fingerprintOf(host).toLowerCase())
    expect(await user.run(list(host), { ask })).toMatchObject(done)
  })

  it.each([['no'], [undefined]])('is not connected to when the answer is %s', async answer => {
    using user = home()
    await using host = await serving()
    const { ask } = somebody(answer)
    const { status, stderr } = await user.run(list(host), { ask })
    expect(status).toBe(1)
    expect(stderr).toContain(`Error: the certificate of 127.0.0.1:${host.port} was not accepted`)
    expect(host.calls).toEqual([])
    expect(user.known()).toBe('')
  })

  it('is remembered without a question with --trust-new, which says so once', async () => {
    using user = home()
    await using host = await serving()
    const first = await user.run(list(host, '--trust-new'))
    expect(first).toMatchObject(done)
    expect(first.stderr).toBe(
      `The certificate of 127.0.0.1:${host.port} is trusted from now on (${user.knownHosts}): SHA-256 ${fingerprintOf(host)}\n`,
    )
    expect(await user.run(list(host, '--trust-new'))).toEqual({ ...done, stderr: '' })
    expect(logins(host)).toBe(2)
  })

  it('is asked about before a wrong command is complained about, as a host that cannot be reached would be', async () => {
    using user = home()
    await using host = await serving()
    expect((await user.run(['nonsense', ...at(host)])).stderr).toContain('is not trusted')
    expect((await user.run(['nonsense', ...at(host), '--trust-new'])).stderr).toContain('Unknown command: nonsense')
  })
})

describe('a host whose certificate has changed', () => {
  it('is always an error, whoever might be asked, which shows both fingerprints and the way to accept the new one', async () => {
    using user = home()
    await using host = await serving()
    const old = `${'AB:'.repeat(31)}AB`
    mkdirSync(dirname(user.knownHosts), { recursive: true })
    writeFileSync(user.knownHosts, `# mine\n127.0.0.1:${host.port} SHA256:${old}`)
    for (const words of [list(host), list(host, '--trust-new')]) {
      const { status, stderr } = await user.run(words, { ask: somebody().ask })
      expect(status).toBe(1)
      expect(stderr.split('\n')).toEqual([
        `Error: the certificate of 127.0.0.1:${host.port} has changed: it is not the one in ${user.knownHosts}, line 2`,
        `expected: ${old}`,
        `presented: ${fingerprintOf(host)}`,
        expect.stringContaining('replaced on purpose'),
        `--trust-new --fingerprint=${fingerprintOf(host)}`,
        '',
      ])
    }
    expect(host.calls).toEqual([])
    expect(await user.run(list(host, '--trust-new', `--fingerprint=${fingerprintOf(host)}`))).toMatchObject(done)
    expect(await user.run(list(host))).toEqual({ ...done, stderr: '' })
    expect(user.known().split('\n')).toEqual([
      '# mine',
      `127.0.0.1:${host.port} SHA256:${old}`,
      `127.0.0.1:${host.port} SHA256:${fingerprintOf(host)}`,
      '',
    ])
  })

  it('is no error where something other than the known hosts is to be trusted', async () => {
    using user = home()
    await using host = await serving()
    mkdirSync(dirname(user.knownHosts), { recursive: true })
    writeFileSync(user.knownHosts, `127.0.0.1:${host.port} SHA256:${'AB'.repeat(32)}\n`)
    expect(await user.run(list(host, `--ca=${host.caFile}`))).toMatchObject(done)
    expect((await user.run(list(host, '--trust=system'))).stderr).toContain('is not trusted: it is self-signed')
  })
})

describe('a fingerprint on the command line', () => {
  it('is trusted alone, and leaves no trace', async () => {
    using user = home()
    await using host = await serving()
    expect(await user.run(list(host, `--fingerprint=SHA256:${fingerprintOf(host)}`))).toEqual({ ...done, stderr: '' })
    const { status, stderr } = await user.run(list(host, `--fingerprint=${'AB'.repeat(32)}`))
    expect(status).toBe(1)
    expect(stderr).toContain(`presented: ${fingerprintOf(host)}\n`)
    expect(user.known()).toBe('')
  })

  it.each(['', 'AB', 'x'.repeat(64)])('that is none is complained about: %j', async text => {
    using user = home()
    const outcome = await user.run(['host-list', `--fingerprint=${text}`])
    expect(outcome).toEqual({ status: 1, stdout: '', stderr: `Error: --fingerprint cannot be '${text}'\n` })
  })
})

describe('a host whose certificate the system trusts', () => {
  it.each(['known', 'system'])('is met without a question, and is not remembered, with --trust=%s', async trust => {
    using user = home()
    await using host = await serving()
    const variables = { SSL_CERT_FILE: host.caFile }
    expect(await user.run(list(host, `--trust=${trust}`), { variables })).toEqual({ ...done, stderr: '' })
    expect(user.known()).toBe('')
  })

  it('is another one than its neighbour', async () => {
    using user = home()
    await using host = await serving()
    await using other = await serving()
    const variables = { SSL_CERT_FILE: other.caFile }
    const { status, stderr } = await user.run(list(host, '--trust=system'), { variables })
    expect(status).toBe(1)
    expect(stderr).toContain('is not trusted: ')
    expect(host.calls).toEqual([])
  })
})

test('--insecure takes any certificate, and says once what it gives up', async () => {
  using user = home()
  await using host = await serving()
  const outcome = await user.run(list(host, '--insecure'))
  expect(outcome).toMatchObject(done)
  expect(outcome.stderr).toMatch(/^Warning: with --insecure [^\n]*password[^\n]*\n$/)
})

test('--insecure has nothing to say where there is no TLS', async () => {
  using user = home()
  await using host = await startFakeHost()
  expect(await user.run(list(host, '--insecure', '--nossl'))).toEqual({ ...done, stderr: '' })
})

test('--trust=anyone is xe’s own behaviour: any certificate, and not a word', async () => {
  using user = home()
  await using host = await serving()
  expect(await user.run(list(host, '--trust=anyone'))).toEqual({ ...done, stderr: '' })
  const { stderr } = await user.run(list(host, '--trust=everyone'))
  expect(stderr).toBe("Error: --trust cannot be 'everyone'\n")
})

test('a file of known hosts that cannot be understood is an error, and not a reason to trust', async () => {
  using user = home()
  await using host = await serving()
  mkdirSync(dirname(user.knownHosts), { recursive: true })
  writeFileSync(user.knownHosts, `127.0.0.1:${host.port} SHA256:AB\n`)
  expect((await user.run(list(host, '--trust-new'))).stderr).toBe(
    `Error: ${user.knownHosts}, line 1: SHA256:AB is no SHA-256 fingerprint\n`,
  )
})

test('a file of known hosts that cannot be written is an error after which nothing was sent', async () => {
  using user = home()
  await using host = await serving()
  writeFileSync(join(user.path, '.config'), '')
  const { status, stderr } = await user.run(list(host, '--trust-new'))
  expect(status).toBe(1)
  expect(stderr).toContain(`Error: ${user.knownHosts} cannot be written (`)
  expect(host.calls).toEqual([])
})
