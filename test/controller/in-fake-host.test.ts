import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { controlFakePool } from '../../bin/fake-pool-controller.ts'
import { fakeHostExec } from '../../src/fake-host/exec.ts'
import { fakeHostServe } from '../../src/fake-host/serve.ts'
import { connect, type Session } from '../../src/xapi/index.ts'
import { newFolder } from '../fake-host/folder.ts'
import { describeUnless, noSwitch, startSwitch } from '../ovs-lab/index.ts'
import { eventually, managementPif } from './running.ts'

type Word = readonly [name: string, value: string]

/** `fake-host-serve` with a controller to start, as the program joins them. */
function serve(...parameters: readonly Word[]) {
  const stopping = new AbortController()
  const written = { stdout: '', stderr: '' }
  const writer = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text
    },
  })
  const status = fakeHostServe(
    { parameters, username: undefined, password: undefined },
    {
      stdout: writer('stdout'),
      stderr: writer('stderr'),
      signal: stopping.signal,
      pid: 4711,
      program: [],
      variables: {},
      controller: controlFakePool,
    },
  )
  const stop = () => {
    stopping.abort()
    return status
  }
  onTestFinished(async () => void (await stop()))
  const port = async () => {
    await eventually(() => expect(written.stdout).toMatch(/port=\d+/))
    return Number(/port=(\d+)/.exec(written.stdout)?.[1])
  }
  return { status, written, stop, port }
}

async function span(session: Session) {
  const network = await session.network.create({ name_label: 'red', other_config: new Map() })
  const hosts = await session.host.get_all()
  return Promise.all(hosts.map(async host => session.tunnel.create(await managementPif(session, host), network, 'gre')))
}

const areActive = (session: Session, tunnels: Awaited<ReturnType<typeof span>>) =>
  eventually(async () => {
    for (const tunnel of tunnels) expect((await session.tunnel.get_status(tunnel)).get('active')).toBe('true')
  })

const root = { username: 'root', password: 'pw' }

describe('controller=true', () => {
  it('has tunnels of a served pool become active, tells of it on stderr, and ends with the server', async () => {
    const { written, port, stop } = serve(['hosts', '3'], ['seed', '7'], ['controller', 'true'])
    await using session = await connect({ host: '127.0.0.1', port: await port(), tls: false, ...root })
    await areActive(session, await span(session))
    expect(written.stderr.match(/tunnel is active/g)).toHaveLength(3)
    expect(await stop()).toBe(0)
    expect(written.stderr).not.toMatch(/ (warn|error) /)
  })

  it('needs no port of its own: it works on a pool behind TLS as well', async () => {
    const { written, port } = serve(['tls', 'true'], ['controller', 'true'])
    const trust = { tls: { verify: false } } as const
    await using session = await connect({ host: '127.0.0.1', port: await port(), ...trust, ...root })
    await areActive(session, await span(session))
    expect(written.stderr).not.toMatch(/ (warn|error) /)
  })

  it('logs in as the user to whom the status of tunnels belongs', async () => {
    const users = join(await newFolder(), 'users.json')
    await writeFile(users, JSON.stringify([{ username: 'writer', password: 'w', roles: ['pool-operator'] }]))
    const { port } = serve(['users', users], ['status-owner', 'user:writer'], ['controller', 'true'])
    await using session = await connect({ host: '127.0.0.1', port: await port(), tls: false, ...root })
    const tunnels = await span(session)
    await areActive(session, tunnels)
    const [tunnel = ''] = tunnels
    await expect(session.call('tunnel.set_status', tunnel, new Map())).rejects.toMatchObject({
      code: 'RBAC_PERMISSION_DENIED',
    })
  })

  it.each([
    [[['status-owner', 'user:nobody']], 'status-owner= names nobody who can log in'],
    [[['controller', 'perhaps']], 'controller=perhaps: true or false is needed'],
  ] as const)('refuses %j in one line', async (words, reason) => {
    const { status, written } = serve(...words, ['controller', 'true'])
    expect(await status).toBe(1)
    expect(written.stdout).toBe('')
    expect(written.stderr).toMatch(/^fake-host-serve: .*\n$/)
    expect(written.stderr).toContain(reason)
  })

  it('works for the program of fake-host-exec as long as that runs', async () => {
    const script = `
      const { XE_TUNNEL_FAKE_URL: url } = process.env
      const owner = async () => (await (await fetch(url + '/fake/lease', {
        method: 'POST', body: JSON.stringify({ name: 'xe-tunnel-controller', owner: 'me', lease_ms: 1000 })
      })).json()).owner
      owner().then(its => process.exit(its === 'controller=true' ? 42 : 1))`
    const status = fakeHostExec(
      {
        parameters: [['controller', 'true']],
        username: undefined,
        password: undefined,
        command: [process.execPath, '-e', script],
      },
      {
        stderr: { write: () => {} },
        pid: 4711,
        variables: process.env,
        controller: controlFakePool,
        onSignal: () => () => {},
      },
    )
    expect(await status).toBe(42)
  })
})

describeUnless(noSwitch, 'controller=true on real switches', () => {
  it('makes the ports on the switches that ovsdb= names, and needs one a host', async () => {
    await using first = await startSwitch({ datapath: 'dummy' })
    await using second = await startSwitch({ datapath: 'dummy' })
    const words = [
      ['datapath', 'dummy'],
      ['controller', 'true'],
    ] as const
    const short = serve(['ovsdb', first.address], ...words)
    expect(await short.status).toBe(1)
    expect(short.written.stderr).toContain('ovsdb has 1 addresses for 2 hosts')
    const { port } = serve(['ovsdb', `${first.address},${second.address}`], ...words)
    await using session = await connect({ host: '127.0.0.1', port: await port(), tls: false, ...root })
    await span(session)
    await eventually(async () => {
      for (const its of [first, second]) {
        const types = await its.vsctl('--columns=type', '--bare', 'find', 'interface', 'type=gre')
        expect(types.trim()).toBe('gre')
      }
    })
  })
})
