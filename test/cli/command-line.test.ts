import { describe, expect, it } from 'vitest'
import { readCommandLine } from '../../src/cli/command-line.ts'
import type { Environment } from '../../src/cli/index.ts'
import { run, surround } from './terminal.ts'

interface Given {
  readonly variables?: Environment['variables']
  readonly files?: Readonly<Record<string, string>>
}

const read = (words: readonly string[], { variables = {}, files = {} }: Given = {}) =>
  readCommandLine(surround(words, { variables: { HOME: '/home/joe', ...variables }, files }).environment)

describe('settings', () => {
  it('have defaults', async () => {
    expect((await read(['tunnel-list'])).settings).toMatchObject({
      server: '127.0.0.1',
      port: undefined,
      username: undefined,
      password: undefined,
      nossl: false,
      timeoutSeconds: 30,
      insecure: false,
    })
  })

  it('come from ~/.xe, then XE_EXTRA_ARGS, then the command line, each overriding the one before', async () => {
    const files = { '/home/joe/.xe': 'server=file\nusername=file\npassword=file\n' }
    const variables = { XE_EXTRA_ARGS: 'server=variable,-u,variable' }
    const { settings } = await read(['-s', 'line', 'tunnel-list'], { files, variables })
    expect(settings).toMatchObject({ server: 'line', username: 'variable', password: 'file' })
  })

  it('take user and password from the password file before anything else', async () => {
    const files = { '/pw': 'joe\nsecret\nmore\n' }
    const { settings } = await read(['tunnel-list', '-u', 'root', '-pw', 'x', '-pwf', '/pw'], { files })
    expect(settings).toMatchObject({ username: 'joe', password: 'secret' })
  })

  it('take the trace context from TRACEPARENT over XE_EXTRA_ARGS and under the command line', async () => {
    const variables = { TRACEPARENT: 'environment', XE_EXTRA_ARGS: 'traceparent=extra', BAGGAGE: '' }
    expect((await read(['x'], { variables })).settings).toMatchObject({ traceparent: 'environment', baggage: '' })
    expect((await read(['x', '--traceparent', 'line'], { variables })).settings.traceparent).toBe('line')
  })
})

describe('words that are no settings', () => {
  it('come from all sources: the command line, then XE_EXTRA_ARGS, then ~/.xe', async () => {
    const files = { '/home/joe/.xe': 'c=3\n' }
    const { words } = await read(['tunnel-list', 'a=1'], { files, variables: { XE_EXTRA_ARGS: 'b=2' } })
    expect(words).toEqual(['tunnel-list', 'a=1', 'b=2', 'c=3'])
  })

  it('may all come from elsewhere', async () => {
    expect((await read([], { variables: { XE_EXTRA_ARGS: 'tunnel-list' } })).words).toEqual(['tunnel-list'])
  })
})

describe('our own options', () => {
  it('are found anywhere and in every source, the command line winning', async () => {
    const variables = { XE_EXTRA_ARGS: '--insecure,--timeout=7' }
    const { settings, words } = await read(['tunnel-list', '--timeout=0.5', 'a=b', '--ca=/ca.pem'], { variables })
    expect(settings).toMatchObject({ timeoutSeconds: 0.5, ca: '/ca.pem', insecure: true })
    expect(words).toEqual(['tunnel-list', 'a=b'])
  })

  it('are left alone where they are the value of another option', async () => {
    const { settings } = await read(['tunnel-list', '-pw', '--insecure'])
    expect(settings).toMatchObject({ password: '--insecure', insecure: false })
  })

  it.each([
    [['--timeout'], "option '--timeout <SECONDS>' argument missing"],
    [['--timeout=soon'], "--timeout cannot be 'soon'"],
    [['--timeout=-1'], "--timeout cannot be '-1'"],
    [['--timeout=2147484'], "--timeout cannot be '2147484'"],
    [['--ca='], "--ca cannot be ''"],
    [['--insecure=yes'], "unknown option '--insecure=yes'"],
  ])('%j is one clear line and status 1', async (words, complaint) => {
    expect(await run(['tunnel-list', ...words])).toEqual({ status: 1, stdout: '', stderr: `Error: ${complaint}\n` })
  })
})

describe('before anything else', () => {
  it('-version prints the version of the original protocol and reads nothing', async () => {
    const outcome = await run(['tunnel-list', '-p', 'x', '-version'])
    expect(outcome).toEqual({ status: 0, stdout: 'ThinCLI protocol: 0.2\n', stderr: '' })
  })

  it.each([[['tunnel-list', '--help']], [['-help']], [[]]])(
    '%j prints the usage text on stderr, status 0',
    async words => {
      const { status, stdout, stderr } = await run(words, { program: 'xe' })
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
      expect(stderr).toMatch(/^Usage: xe COMMAND/)
      for (const option of '-s -p -u -pw -pwf --nossl --debug --debug-on-fail --minimal --traceparent --trace'.split(
        ' ',
      ))
        expect(stderr).toContain(`    ${option} `)
      for (const option of ['--timeout=SECONDS', '--ca=FILE', '--insecure']) expect(stderr).toContain(option)
    },
  )

  it('--help counts on the command line only', async () => {
    const { words } = await read(['tunnel-list'], { variables: { XE_EXTRA_ARGS: '--help' } })
    expect(words).toEqual(['tunnel-list', '--help'])
  })

  it('a bad port prints a line, the usage text and status 0', async () => {
    const { status, stdout, stderr } = await run(['tunnel-list', '-p', 'x'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toMatch(/^'x' is not a port number\.\nUsage: /)
  })

  it('a bad nossl wins over --help', async () => {
    const variables = { XE_EXTRA_ARGS: 'nossl=maybe' }
    const { status, stderr } = await run(['--help'], { variables })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'Unhandled exception\nInvalid_argument("bool_of_string")\n',
    })
  })

  it('--help does not read the password file; a missing command does', async () => {
    expect((await run(['--help', '-pwf', '/none'])).status).toBe(0)
    expect(await run(['-pwf', '/none'])).toMatchObject({
      status: 1,
      stderr: 'The password file /none cannot be read.\n',
    })
  })

  it.each(['', 'joe', 'joe\n'])('a password file with fewer than two lines is refused: %j', async text => {
    const outcome = await run(['tunnel-list', '-pwf', '/pw'], { files: { '/pw': text } })
    expect(outcome).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^Error: the password file \/pw [^\n]*\n$/),
    })
  })

  it('blank lines of a password file are an empty user and an empty password', async () => {
    expect((await read(['x', '-pwf', '/pw'], { files: { '/pw': '\n\n' } })).settings).toMatchObject({
      username: '',
      password: '',
    })
    expect((await read(['x', 'passwordfile=', 'username=joe'])).settings.username).toBe('joe')
  })

  it('a ~/.xe with a comment is ignored with a word about it', async () => {
    const { environment, printed } = surround(['tunnel-list'], { files: { '/home/somebody/.xe': 'server=h\n#\n' } })
    const { settings } = await readCommandLine(environment)
    expect(settings.server).toBe('127.0.0.1')
    expect(printed.stderr).toMatch(/^\/home\/somebody\/\.xe is ignored: [^\n]*\n$/)
  })
})
