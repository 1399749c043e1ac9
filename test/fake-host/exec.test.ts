import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeHostExec } from '../../src/fake-host/exec.ts'
import { newFolder } from './folder.ts'

const node = process.execPath

/** The command in this process, with a program whose output nobody is to see. */
function run(command: readonly string[], words: readonly string[] = []) {
  const listeners = new Set<(signal: NodeJS.Signals) => void>()
  const written = { stderr: '' }
  const status = fakeHostExec(
    {
      parameters: words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const),
      username: undefined,
      password: undefined,
      command,
    },
    {
      stderr: {
        write(text) {
          written.stderr += text
        },
      },
      pid: 4711,
      variables: { PATH: process.env.PATH, MINE: 'kept' },
      onSignal(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  )
  const signal = (name: NodeJS.Signals) => {
    for (const listener of listeners) listener(name)
  }
  return { status, written, listeners, signal }
}

describe('fake-host-exec', () => {
  it('runs a program in an environment that leads it to a pool', async () => {
    const path = join(await newFolder(), 'seen.json')
    const script = `
      const { XE_EXTRA_ARGS, XE_TUNNEL_FAKE_URL, XE_TUNNEL_FAKE_PID, MINE } = process.env
      const answer = await fetch(XE_TUNNEL_FAKE_URL + '/fake/metrics')
      const { objects } = await answer.json()
      const words = process.argv.slice(1)
      require('node:fs').writeFileSync(words.shift(), JSON.stringify({ XE_EXTRA_ARGS, XE_TUNNEL_FAKE_URL, XE_TUNNEL_FAKE_PID, MINE, objects, words }))`
    const words = ['--', '-s', 'x', 'password=y', '', "it's"]
    const { status, written } = run([node, '-e', `(async () => {${script}})()`, path, ...words], ['hosts=3', 'seed=5'])
    expect(await status).toBe(0)
    expect(written.stderr).toBe('')
    const seen = JSON.parse(await readFile(path, 'utf8'))
    const [, port] = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(seen.XE_TUNNEL_FAKE_URL) ?? []
    expect(seen).toMatchObject({
      XE_EXTRA_ARGS: `server=localhost,port=${port},username=root,password=pw,nossl=true`,
      XE_TUNNEL_FAKE_PID: '4711',
      MINE: 'kept',
      objects: { host: 3 },
      words,
    })
    await expect(fetch(seen.XE_TUNNEL_FAKE_URL)).rejects.toThrow()
  })

  it.each([
    ['process.exit(3)', 3],
    ['process.kill(process.pid, "SIGKILL")', 137],
    ['', 0],
  ])('ends as the program does: %s', async (script, expected) => {
    expect(await run([node, '-e', script]).status).toBe(expected)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('passes %s on, and lets the program decide', async (name, expected) => {
    const folder = await newFolder()
    const waiting = (ready: string, handler: string) =>
      `${handler}; setInterval(() => {}, 1000); require('node:fs').writeFileSync(${JSON.stringify(join(folder, ready))}, '')`
    const isReady = (ready: string) =>
      expect.poll(() => readFile(join(folder, ready), 'utf8').catch(() => 'no')).toBe('')
    const plain = run([node, '-e', waiting('plain', '')])
    await isReady('plain')
    plain.signal(name)
    expect(await plain.status).toBe(expected)
    expect(plain.listeners.size).toBe(0)
    const handling = run([node, '-e', waiting('handling', `process.on('${name}', () => process.exit(5))`)])
    await isReady('handling')
    handling.signal(name)
    expect(await handling.status).toBe(5)
  })

  it('does not begin to run a program once it is told to end', async () => {
    const { status, signal } = run([node, '-e', 'process.exit(3)'])
    signal('SIGTERM')
    expect(await status).toBe(143)
  })

  it('says what a shell would say of a program that cannot be run', async () => {
    const missing = run(['no-such-program-anywhere'])
    expect(await missing.status).toBe(127)
    expect(missing.written.stderr).toBe('fake-host-exec: no-such-program-anywhere: there is no such program\n')
    const path = join(await newFolder(), 'file')
    await writeFile(path, '')
    await chmod(path, 0o600)
    const forbidden = run([path])
    expect(await forbidden.status).toBe(126)
    expect(forbidden.written.stderr).toBe(`fake-host-exec: ${path}: it may not be run\n`)
  })

  it('tells of faults that never happened', async () => {
    const path = join(await newFolder(), 'faults.json')
    await writeFile(path, '[{"method":"VM.start","error":["X"]}]')
    const { status, written } = run([node, '-e', ''], [`faults=${path}`])
    expect(await status).toBe(0)
    expect(written.stderr).toBe(
      'fake-host-exec: warning: this fault never happened: {"method":"VM.start","error":["X"]}\n',
    )
  })

  it.each([
    [[], [], 'a program to run is needed behind --'],
    [[node], ['background=true'], 'background=true is for fake-host-serve'],
    [[node], ['nix=1'], 'there is no parameter "nix"'],
    [[node], ['snapshot=/nowhere/pool.json'], '/nowhere/pool.json: no such file'],
  ])('says in one line what is wrong with %j %j', async (command, words, message) => {
    const { status, written, listeners } = run(command, words)
    expect(await status).toBe(1)
    expect(written.stderr).toMatch(/^fake-host-exec: .*\n$/)
    expect(written.stderr).toContain(message)
    expect(listeners.size).toBe(0)
  })
})
