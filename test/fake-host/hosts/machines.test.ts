import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/start.ts'
import { connect } from '../../../src/xapi/index.ts'
import { newFolder } from '../folder.ts'

async function start(options: FakeHostOptions = {}): Promise<FakeHost> {
  const fake = await startFakeHost(options)
  onTestFinished(async () => void (await fake.stop()))
  return fake
}

/** A JSON-RPC call, and what it came to: `result` or `error`. */
async function ask(url: string, method: string, ...params: unknown[]) {
  const response = await fetch(`${url}/jsonrpc`, {
    method: 'POST',
    headers: { connection: 'close' },
    body: JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 }),
  })
  return (await response.json()) as { result?: unknown; error?: { message: string; data: string[] } }
}

const logIn = (url: string) => ask(url, 'session.login_with_password', 'root', 'pw')
const refused = (url: string) => expect(fetch(url, { method: 'POST', body: '' })).rejects.toThrow()

describe('a pool whose hosts all listen', () => {
  it('has an address for each, which its records tell', async () => {
    const fake = await start({ members: true, hosts: 3 })
    const machines = [...fake.hosts]
    expect(new Set(machines.map(({ url }) => url)).size).toBe(3)
    for (const { ref, url } of machines) expect(url).toBe(`http://${fake.db.get('host', ref, 'address')}`)
    expect(fake.hosts.get('host1').url).toBe(fake.url)
  })

  it('sends clients of members to the coordinator', async () => {
    const fake = await start({ members: true })
    const { error } = await logIn(fake.hosts.get('host2').url)
    expect(error).toMatchObject({ message: 'HOST_IS_SLAVE', data: [`127.0.0.1:${fake.port}`] })
  })

  it('is found by a client that begins at a member', async () => {
    const fake = await start({ members: true })
    const { port } = new URL(fake.hosts.get('host2').url)
    const moves: string[] = []
    const session = await connect({
      host: '127.0.0.1',
      port: Number(port),
      tls: false,
      username: 'root',
      password: 'pw',
      onRedirect: (from, to) => moves.push(from, to),
    })
    expect(await session.call('pool.get_all')).toHaveLength(1)
    await session.logout()
    expect(moves).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${fake.port}`])
  })

  it('keeps these addresses when a management interface gets another', async () => {
    const fake = await start({ members: true })
    const { result: session } = await logIn(fake.url)
    const pif = fake.db.refs('PIF').find(ref => fake.db.get('PIF', ref, 'management')) ?? ''
    const mode = [session, pif, 'Static', '198.18.9.9', '255.255.0.0', '', '']
    expect(await ask(fake.url, 'PIF.reconfigure_ip', ...mode)).toMatchObject({ result: '' })
    expect(fake.db.get('host', fake.db.get('PIF', pif, 'host'), 'address')).toMatch(/^127\.0\.0\.1:/)
  })

  it('has a new coordinator where the pool says so', async () => {
    const fake = await start({ members: true })
    const [old, next] = [fake.hosts.get('host1'), fake.hosts.get('host2')]
    const { result: session } = await logIn(old.url)
    await ask(old.url, 'pool.designate_new_master', session, next.ref)
    expect((await logIn(old.url)).error).toMatchObject({ message: 'HOST_IS_SLAVE', data: [new URL(next.url).host] })
    expect((await logIn(next.url)).result).toMatch(/^OpaqueRef:/)
  })

  it('answers through a member in an emergency as JSON-RPC has it', async () => {
    const fake = await start({ members: true })
    await fake.hosts.get('host1').stop()
    const { url } = fake.hosts.get('host2')
    expect(await logIn(url)).toEqual({ jsonrpc: '2.0', error: ['HOST_STILL_BOOTING'], id: 0 })
    const { result: local } = await ask(url, 'session.slave_local_login_with_password', 'root', 'pw')
    await ask(url, 'pool.emergency_transition_to_master', local)
    expect((await logIn(url)).result).toMatch(/^OpaqueRef:/)
  })

  it('needs a port to begin with', async () => {
    await expect(startFakeHost({ members: true, listen: false })).rejects.toThrow('HOST:PORT')
    const path = join(await newFolder(), 's')
    await expect(startFakeHost({ members: true, listen: `unix:${path}` })).rejects.toThrow('HOST:PORT')
  })

  it('is one whose addresses are its own again when it is kept and its hosts do not listen', async () => {
    const state = join(await newFolder(), 'state.json')
    const kept = await start({ members: true, state })
    await kept.stop()
    const again = await start({ state })
    expect([...again.hosts].map(({ ref }) => again.db.get('host', ref, 'address')).sort()).toEqual([
      '198.18.0.11',
      '198.18.0.12',
    ])
  })
})

describe('stopping a host', () => {
  it('refuses connections and cuts off those that are there; starting it lets it listen there again', async () => {
    const fake = await start({ members: true })
    const host = fake.hosts.get('host1')
    const { result: session } = await logIn(host.url)
    const waiting = ask(host.url, 'event.from', session, [], '', 30).then(
      () => 'answered',
      () => 'cut off',
    )
    await ask(host.url, 'pool.get_all', session) // the other call is there by now
    await host.stop()
    await host.stop()
    expect(await waiting).toBe('cut off')
    expect(host.running).toBe(false)
    await refused(host.url)
    await host.start()
    await host.start()
    expect(host.running).toBe(true)
    expect((await ask(host.url, 'pool.get_all', session)).error).toMatchObject({ message: 'SESSION_INVALID' })
    expect((await logIn(host.url)).result).toMatch(/^OpaqueRef:/)
  })

  it('is seen in its metrics, and in what is asked of it', async () => {
    const fake = await start()
    const host = fake.hosts.get('host2')
    const { result: session } = await logIn(fake.url)
    const [pif] = fake.db.get('host', host.ref, 'PIFs')
    await host.stop()
    expect((await ask(fake.url, 'PIF.plug', session, pif)).error).toMatchObject({
      message: 'HOST_OFFLINE',
      data: [host.ref],
    })
    await host.start()
    expect(await ask(fake.url, 'PIF.plug', session, pif)).toMatchObject({ result: '' })
  })

  it('closes the door of the pool where the coordinator alone listens', async () => {
    const fake = await start()
    await fake.hosts.get('host1').stop()
    await refused(fake.url)
    await fake.hosts.get('host1').start()
    expect((await logIn(fake.url)).result).toMatch(/^OpaqueRef:/)
  })

  it('is undone by a reset, without a boot', async () => {
    const fake = await start({ members: true })
    const pif = fake.db.refs('PIF').find(ref => !fake.db.get('PIF', ref, 'currently_attached')) ?? ''
    for (const host of fake.hosts) await host.stop()
    await fake.control.reset()
    expect(fake.db.get('PIF', pif, 'currently_attached')).toBe(false) // a boot would have plugged it
    for (const host of fake.hosts) {
      expect(host.running).toBe(true)
      expect((await ask(host.url, 'system.listMethods')).result).toContain('tunnel.create')
      expect(host.url).toBe(`http://${fake.db.get('host', host.ref, 'address')}`)
    }
  })

  it('is asked of a host by its name, uuid or reference', async () => {
    const fake = await start()
    const { ref } = fake.hosts.get('host2')
    expect(fake.hosts.get(fake.db.get('host', ref, 'uuid')).name).toBe('host2')
    expect(fake.hosts.get(ref).name).toBe('host2')
    expect(() => fake.hosts.get('host9')).toThrow('host9')
  })
})

describe('a host that is told to reboot', () => {
  async function disabled(fake: FakeHost, name: string) {
    const host = fake.hosts.get(name)
    fake.db.set('host', host.ref, 'enabled', false)
    for (const vm of fake.db.get('host', host.ref, 'resident_VMs')) {
      if (!fake.db.get('VM', vm, 'is_control_domain')) fake.db.destroy('VM', vm)
    }
    return host
  }

  it('answers, and is there again when it has booted; sessions at the coordinator are gone', async () => {
    const fake = await start({ members: true })
    const host = await disabled(fake, 'host1')
    const { result: session } = await logIn(host.url)
    expect(await ask(host.url, 'host.reboot', session, host.ref)).toMatchObject({ result: '' })
    await host.start() // waits for the boot that is under way
    expect((await ask(host.url, 'pool.get_all', session)).error).toMatchObject({ message: 'SESSION_INVALID' })
    expect((await logIn(host.url)).result).toMatch(/^OpaqueRef:/)
    expect(fake.db.get('host', host.ref, 'enabled')).toBe(true)
  })

  it('has booted when the answer comes, as a member', async () => {
    const fake = await start({ members: true })
    const host = await disabled(fake, 'host2')
    const { result: session } = await logIn(fake.url)
    expect(await ask(fake.url, 'host.reboot', session, host.ref)).toMatchObject({ result: '' })
    expect(host.running).toBe(true)
    expect((await logIn(host.url)).error).toMatchObject({ message: 'HOST_IS_SLAVE' })
  })

  it('is off after host.shutdown, with its door closed, until host.power_on', async () => {
    const fake = await start({ members: true })
    const host = await disabled(fake, 'host2')
    const { result: session } = await logIn(fake.url)
    expect(await ask(fake.url, 'host.shutdown', session, host.ref)).toMatchObject({ result: '' })
    await refused(host.url)
    fake.db.set('host', host.ref, 'power_on_mode', 'iLO')
    expect(await ask(fake.url, 'host.power_on', session, host.ref)).toMatchObject({ result: '' })
    expect((await logIn(host.url)).error).toMatchObject({ message: 'HOST_IS_SLAVE' })
  })
})

/** A JSON-RPC call over a unix socket. */
function askOver(
  socketPath: string,
  method: string,
  ...params: unknown[]
): Promise<{ result?: string; error?: unknown }> {
  const body = JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 })
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/jsonrpc', method: 'POST', headers: { 'content-length': body.length } })
    sent.on('error', reject)
    sent.on('response', async response => resolve(JSON.parse(await text(response))))
    sent.end(body)
  })
}

describe('a unix socket', () => {
  it('lets everybody in as root, beside a port or alone', async () => {
    const path = join(await newFolder(), 'xapi')
    for (const listen of [`unix:${path}`, `127.0.0.1:0,unix:${path}`]) {
      const fake = await startFakeHost({ listen })
      expect(fake.socketPath).toBe(path)
      expect(fake.url === '').toBe(!listen.includes('127'))
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      const { result: session } = await askOver(path, 'session.login_with_password', 'anybody', 'wrong')
      expect((await askOver(path, 'pool.get_all', session)).result).toHaveLength(1)
      await fake.stop()
      await expect(stat(path)).rejects.toThrow('ENOENT')
    }
  })

  it('of a member leads to the coordinator', async () => {
    const path = join(await newFolder(), 'xapi')
    const fake = await start({ members: true })
    await fake.hosts.get('host2').listen(`unix:${path}`)
    const { result: session } = await askOver(path, 'session.login_with_password', 'root', '')
    expect((await askOver(path, 'network.get_all', session)).result).toHaveLength(4)
    expect((await ask(fake.url, 'session.get_this_host', session, session)).result).toBe(fake.hosts.get('host2').ref)
    await fake.hosts.get('host1').stop()
    expect(await askOver(path, 'network.get_all', session)).toMatchObject({ error: ['HOST_STILL_BOOTING'], id: 0 })
  })
})
