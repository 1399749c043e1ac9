import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeHostServe } from '../../src/fake-host/serve.ts'
import { startFakeHost } from '../../src/fake-host/start.ts'
import { connect } from '../../src/xapi/index.ts'
import { newFolder } from './folder.ts'
import { xmlCall } from './server/raw.ts'

const LINE =
  /^export XE_EXTRA_ARGS='server=localhost,port=(\d+),username=(.*?),password=(.*?),nossl=true' XE_TUNNEL_FAKE_URL='(.*?)' XE_TUNNEL_FAKE_PID=(\d+)\n$/

/** The command in this process. */
function run(words: readonly string[], credentials: { username?: string; password?: string } = {}) {
  const stopping = new AbortController()
  const written = { stdout: '', stderr: '' }
  let printed = () => {}
  const line = new Promise<string>(resolve => {
    printed = () => resolve(written.stdout)
  })
  const status = fakeHostServe(
    {
      parameters: words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const),
      username: credentials.username,
      password: credentials.password,
    },
    {
      stdout: {
        write(chunk) {
          written.stdout += chunk
          printed()
        },
      },
      stderr: {
        write(chunk) {
          written.stderr += chunk
        },
      },
      signal: stopping.signal,
      pid: 4711,
      program: [],
      variables: {},
    },
  )
  return { status, line, written, stop: () => stopping.abort() }
}

describe('fake-host-serve', () => {
  it('prints one line once it accepts connections, and serves until it is told to stop', async () => {
    const { status, line, written, stop } = run(['listen=127.0.0.1:0', 'hosts=3', 'seed=7'], {
      username: 'ann',
      password: 'secret',
    })
    const [, port, username, password, url, pid] = LINE.exec(await line) ?? []
    expect({ username, password, url, pid }).toEqual({
      username: 'ann',
      password: 'secret',
      url: `http://127.0.0.1:${port}`,
      pid: '4711',
    })
    const response = await fetch(url ?? '', {
      method: 'POST',
      body: xmlCall('session.login_with_password', 'ann', 'secret'),
    })
    expect(await response.text()).toContain('Success')
    stop()
    stop()
    expect(await status).toBe(0)
    expect(written.stderr).toBe('')
    await expect(fetch(url ?? '')).rejects.toThrow()
  })

  it('lets root in with the password pw unless told', async () => {
    const { status, line, stop } = run([])
    expect(LINE.exec(await line)?.slice(2, 4)).toEqual(['root', 'pw'])
    stop()
    expect(await status).toBe(0)
  })

  it('warns of what is odd in a snapshot, and does not write it', async () => {
    const path = join(await newFolder(), 'pool.json')
    const content = '{"format":"xe-tunnel-snapshot/1","objects":{"dragon":{"a":{}},"pool":{"p":{}}}}'
    await writeFile(path, content)
    const { status, line, written, stop } = run([`snapshot=${path}`, 'lenient=true'])
    await line
    stop()
    expect(await status).toBe(0)
    expect(written.stderr).toBe(`fake-host-serve: warning: ${path}: left out class dragon (1)\n`)
    expect(await readFile(path, 'utf8')).toBe(content)
  })

  it.each([
    [
      ['nix=1'],
      'there is no parameter "nix"; there are listen, snapshot, state, hosts, seed, backend, ovsdb, datapath',
    ],
    [['__proto__=1'], 'there is no parameter "__proto__"'],
    [['listen=8080'], '"8080" is not an address to listen on, such as 127.0.0.1:0'],
    [['hosts=0'], 'hosts=0: an integer from 1 to 1000 is needed'],
    [['hosts=many'], 'hosts=many: an integer from 1 to 1000 is needed'],
    [['seed=-1'], 'seed=-1: an integer from 0 to 9007199254740991 is needed'],
    [['backend=vmware'], 'backend=vmware: openvswitch or bridge is needed'],
    [['lenient=maybe'], 'lenient=maybe: true or false is needed'],
    [['background=maybe'], 'background=maybe: true or false is needed'],
    [['tls=maybe'], 'tls=maybe: true or false is needed'],
    [['members=maybe'], 'members=maybe: true or false is needed'],
    [['cert=x'], 'cert and key need each other'],
    [['tls=true', 'key=x'], 'cert and key need each other'],
    [['tls=false', 'cert=x', 'key=y'], 'a certificate is for tls=true'],
    [['cert=', 'key=y'], 'cert needs the name of a file'],
    [['cert=/nowhere.pem', 'key=/nowhere.pem'], '/nowhere.pem: no such file'],
    [['members=true', 'listen=unix:/tmp/x'], 'members listen beside an address of the form HOST:PORT'],
    [['state='], 'state needs the name of a file'],
    [['snapshot=/nowhere/pool.json'], '/nowhere/pool.json: no such file'],
  ])('says in one line what is wrong with %j', async (words, message) => {
    const { status, written } = run(words)
    expect(await status).toBe(1)
    expect(written.stdout).toBe('')
    expect(written.stderr).toMatch(/^fake-host-serve: .*\n$/)
    expect(written.stderr).toContain(message)
  })

  it('speaks TLS with a certificate that its line tells where to find', async () => {
    const { status, line, stop } = run(['tls=true', 'members=true'])
    const printed = await line
    const [, port, file = ''] =
      /^export XE_EXTRA_ARGS='server=localhost,port=(\d+),username=root,password=pw' XE_TUNNEL_FAKE_URL='https:\/\/127\.0\.0\.1:\d+' XE_TUNNEL_FAKE_CA='(.*?)' XE_TUNNEL_FAKE_PID=4711\n$/.exec(
        printed,
      ) ?? []
    const ca = await readFile(file, 'utf8')
    const session = await connect({
      host: '127.0.0.1',
      port: Number(port),
      tls: { ca },
      username: 'root',
      password: 'pw',
    })
    const addresses = [...(await session.host.get_all_records()).values()].map(({ address }) => address)
    await session.logout()
    expect(new Set(addresses).size).toBe(2)
    expect(addresses).toContain(`127.0.0.1:${port}`)
    stop()
    expect(await status).toBe(0)
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  })

  it('listens on a unix socket, alone or beside a port', async () => {
    const path = join(await newFolder(), 'xapi')
    for (const [listen, place] of [
      [`unix:${path}`, ''],
      [`127.0.0.1:0,unix:${path}`, "XE_TUNNEL_FAKE_URL='http://127.0.0.1:PORT' "],
    ] as const) {
      const { status, line, stop } = run([`listen=${listen}`])
      const printed = (await line).replace(/\d{4,}' /, "PORT' ")
      expect(printed).toContain(`nossl=true' ${place}XE_TUNNEL_FAKE_SOCKET='${path}' XE_TUNNEL_FAKE_PID=`)
      stop()
      expect(await status).toBe(0)
    }
  })

  it('says so where the port is in use', async () => {
    await using host = await startFakeHost()
    const { status, written } = run([`listen=127.0.0.1:${host.port}`])
    expect(await status).toBe(1)
    expect(written.stderr).toBe(`fake-host-serve: cannot listen on 127.0.0.1:${host.port}: the port is in use\n`)
  })

  it('refuses a password that its line cannot say before it touches anything', async () => {
    const folder = await newFolder()
    const { status, written } = run([`state=${join(folder, 'state.json')}`], { password: 'a\\b' })
    expect(await status).toBe(1)
    expect(written.stderr).toContain('cannot be put into XE_EXTRA_ARGS')
    expect(await readdir(folder)).toEqual([])
  })
})

const program = fileURLToPath(new URL('serve-program.ts', import.meta.url))
const command = ['--import', 'tsx', program, 'fake-host-serve']

/** The command as a process of its own, once it serves. */
async function start(...words: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [...command, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return { child, url: LINE.exec(String(line))?.[4] ?? '' }
}

/** Calls over HTTP of somebody who logged in. */
async function client(url: string) {
  const ask = async (method: string, ...params: string[]) => {
    const response = await fetch(url, { method: 'POST', body: xmlCall(method, ...params) })
    const answer = await response.text()
    if (!answer.includes('<value>Success</value>')) throw new Error(answer)
    return /<name>Value<\/name><value>(.*)<\/value><\/member>/.exec(answer)?.[1] ?? ''
  }
  const session = await ask('session.login_with_password', 'root', 'pw')
  return (method: string, ...params: string[]) => ask(method, session, ...params)
}

describe('a served pool with a state file', () => {
  it('loses nothing that it answered when it is killed', async () => {
    const path = join(await newFolder(), 'state.json')
    const { child, url } = await start(`state=${path}`)
    const call = await client(url)
    const [network = ''] = /OpaqueRef:[^<]*/.exec(await call('network.get_all')) ?? []
    const acknowledged = new Set<string>()
    const exit = once(child, 'exit')
    const clients = Array.from({ length: 5 }, async (_, who) => {
      for (let i = 0; ; i++) {
        const tag = `tag-${who}-${i}`
        await call('network.add_tags', network, tag)
        acknowledged.add(tag)
        if (acknowledged.size === 60) child.kill('SIGKILL')
      }
    })
    await Promise.allSettled(clients)
    await exit
    expect(acknowledged.size).toBeGreaterThanOrEqual(60)
    const again = await start(`state=${path}`)
    const tags = await (await client(again.url))('network.get_tags', network)
    for (const tag of acknowledged) expect(tags).toContain(`<value>${tag}</value>`)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s, also when that comes twice', async signal => {
    const folder = await newFolder()
    const { child, url } = await start(`state=${join(folder, 'state.json')}`)
    const call = await client(url)
    const [network = ''] = /OpaqueRef:[^<]*/.exec(await call('network.get_all')) ?? []
    await call('network.add_tags', network, 'kept')
    const exit = once(child, 'exit')
    child.kill(signal)
    child.kill(signal)
    expect(await exit).toEqual([0, null])
    expect(await readdir(folder)).toEqual(['state.json'])
    expect(await readFile(join(folder, 'state.json'), 'utf8')).toContain('"kept"')
  })
})

describe('fake-host-serve background=true', () => {
  const execute = promisify(execFile)

  it('returns when another process serves, and leaves it serving', async () => {
    const path = join(await newFolder(), 'state.json')
    const { stdout, stderr } = await execute(process.execPath, [...command, 'background=true', `state=${path}`])
    const [, , , , url = '', pid = ''] = LINE.exec(stdout) ?? []
    onTestFinished(() => {
      try {
        process.kill(Number(pid), 'SIGKILL')
      } catch {
        // It has ended, as it should.
      }
    })
    expect(stderr).toBe('')
    expect(await (await client(url))('pool.get_all')).toContain('OpaqueRef:')
    process.kill(Number(pid), 'SIGTERM')
    await gone(`${path}.lock`)
  })

  it('passes on what the other process complained about', async () => {
    const child = spawn(process.execPath, [...command, 'background=yes', 'snapshot=/nowhere/pool.json'])
    const [status, stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
    expect(status).toEqual([1, null])
    expect(stdout).toBe('')
    expect(stderr).toBe('fake-host-serve: /nowhere/pool.json: no such file\n')
  })

  it('hands the password on out of sight', async () => {
    const child = spawn(process.execPath, [...command, 'background=true'], {
      env: { ...process.env, XE_EXTRA_ARGS: 'username=ann,password=secret' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [, , username, password, , pid] = LINE.exec(await text(child.stdout)) ?? []
    onTestFinished(() => void process.kill(Number(pid), 'SIGTERM'))
    expect([username, password]).toEqual(['ann', 'secret'])
    if (process.platform === 'linux') {
      expect(await readFile(`/proc/${pid}/cmdline`, 'latin1')).not.toContain('secret')
    }
  })
})

/** Waits until there is no such file. */
async function gone(path: string): Promise<void> {
  while (await lstat(path).catch(() => undefined)) await new Promise(setImmediate)
}
