import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Interruption } from '../../../src/cli/index.ts'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import type { Transport } from '../../../src/xapi/index.ts'
import { hostWith } from '../host.ts'
import { run, type Surroundings } from '../terminal.ts'
import { home, somebody } from '../trust/real.ts'

/** With which user and password a command line logs in, and what it came to. */
async function loginOf(words: readonly string[], surroundings: Surroundings = {}) {
  const host = hostWith({ 'tunnel.get_all_records_where': new Map() })
  const outcome = await run(['tunnel-list', '--minimal', ...words], { open: host, ...surroundings })
  const [, ...login] = host.calls.find(([method]) => method === 'session.login_with_password') ?? []
  return { ...outcome, login: login.slice(0, 2) }
}

describe('the password', () => {
  it.each([
    ['secret\n', 'secret'],
    ['secret', 'secret'],
    [' two words \r\nmore\n', ' two words '],
    ['\n', ''],
  ])('is the first line of a file: %j', async (text, password) => {
    const { login } = await loginOf(['--password-file=/pw', '-u', 'joe'], { files: { '/pw': text } })
    expect(login).toEqual(['joe', password])
  })

  it('is the first line that a command prints', async () => {
    const words = ['--password-command=printf "%s\\nmore\\n" "$PART-ret"']
    const { login, stderr } = await loginOf(words, { variables: { HOME: '/', PATH: process.env.PATH, PART: 'sec' } })
    expect({ login, stderr }).toEqual({ login: ['root', 'sec-ret'], stderr: '' })
  })

  it.each([
    [['--password-file=/none'], 'the password file /none cannot be read'],
    [['--password-command=exit 3'], 'the password command ended with status 3'],
    [['--password-command=kill -9 $$'], 'the password command ended with SIGKILL'],
    [['--password-command=true'], 'the password command is empty: no password came from it'],
    [['--password-fd=77'], 'the password cannot be read from file descriptor 77 (EBADF)'],
  ])('that cannot be had is one clear line, after which nothing is sent: %j', async (words, complaint) => {
    expect(await loginOf(words)).toEqual({ status: 1, stdout: '', stderr: `Error: ${complaint}\n`, login: [] })
  })

  it('is in no error and no trace', async () => {
    using user = home()
    await using host = await startFakeHost()
    const file = join(user.path, 'pw')
    writeFileSync(file, 'hunter2\n')
    const at = ['-s', `127.0.0.1:${host.port}`, '--nossl', '--debug', '--trace']
    for (const more of [[`--password-file=${file}`], [`--password-command=cat ${file}`], ['-pw', 'hunter2']]) {
      const { status, stdout, stderr } = await user.run(['host-list', ...at, ...more])
      expect(status).toBe(1)
      expect(stderr).toContain('Authentication failed')
      expect(stdout + stderr).not.toContain('hunter2')
    }
  })

  it('comes from the last source that names one', async () => {
    const files = { '/pw': 'from-file\n', '/home/joe/.xe': 'password=from-rc\n', '/pwf': 'joe\nfrom-pwf\n' }
    const given = (words: string[], extra = '') =>
      loginOf(words, { files, variables: { HOME: '/home/joe', XE_EXTRA_ARGS: extra } })
    expect((await given(['--password-file=/pw'])).login).toEqual(['root', 'from-file'])
    expect((await given(['-pw', 'typed'], '--password-file=/pw')).login).toEqual(['root', 'typed'])
    expect((await given(['--password-file=/pw'], 'passwordfile=/pwf')).login).toEqual(['root', 'from-file'])
    expect((await given(['-pwf', '/pwf'], '--password-file=/pw')).login).toEqual(['joe', 'from-pwf'])
  })

  it('is not looked for where a session is given, nor for help', async () => {
    const host = hostWith({ 'tunnel.get_all_records_where': new Map() })
    const words = ['session_id=OpaqueRef:mine', 'tunnel-list', '--minimal', '--password-file=/none']
    expect((await run(words, { open: host })).status).toBe(0)
    expect((await run(['help', '--password-file=/none'])).status).toBe(0)
  })
})

describe('a password that was not given', () => {
  it('is asked for, hidden, once the host has been reached', async () => {
    const order: string[] = []
    const host = hostWith(
      { 'tunnel.get_all_records_where': new Map() },
      {
        async probe() {
          order.push('reached')
        },
      },
    )
    const { ask, asked } = somebody('se cret')
    const outcome = await run(['tunnel-list', '--minimal', '-u', 'joe', '-s', 'h'], {
      open: host,
      ask: (question, options) => {
        order.push('asked')
        return ask(question, options)
      },
    })
    expect(outcome).toEqual({ status: 0, stdout: '\n', stderr: '' })
    expect(asked).toEqual(['(hidden) Password of joe on h: '])
    expect(order).toEqual(['reached', 'asked'])
    expect(host.calls[0]?.slice(0, 3)).toEqual(['session.login_with_password', 'joe', 'se cret'])
  })

  it('is xe’s own where there is nobody to ask, and where everybody is root', async () => {
    expect((await loginOf([])).login).toEqual(['root', 'null'])
    const host = hostWith({ 'tunnel.get_all_records_where': new Map() })
    const open = async (): Promise<Transport> => ({ ...host, isPrivileged: true }) as Transport
    await run(['tunnel-list'], { open, ask: somebody().ask })
    expect(host.calls[0]?.slice(0, 3)).toEqual(['session.login_with_password', 'root', 'null'])
  })

  it('is not asked for where one was given, even an empty one', async () => {
    expect((await loginOf(['-pw', ''], { ask: somebody().ask })).login).toEqual(['root', ''])
  })

  it('that the user does not type either is the end', async () => {
    expect(await loginOf([], { ask: somebody(undefined).ask })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: no password was given\n',
      login: [],
    })
    const ask = async (): Promise<string> => {
      throw new Interruption('SIGINT')
    }
    expect(await loginOf([], { ask })).toEqual({ status: 130, stdout: '', stderr: '', login: [] })
  })
})
