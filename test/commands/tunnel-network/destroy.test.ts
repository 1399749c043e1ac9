import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Rows } from '../../../src/datamodel/index.ts'
import { interruptedAt, remains, type Spanned, spanned } from './spanned.ts'

let pool: Spanned
let before: unknown
let uuid: string
beforeEach(async () => {
  pool = await spanned()
  before = remains(pool)
  uuid = (await pool.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1')).stdout.trim()
})
afterEach(() => pool[Symbol.asyncDispose]())

const destroy = (...words: string[]) => pool.xe('tunnel-network-destroy', ...words)
const network = () => pool.db.refs('network').find(ref => pool.db.get('network', ref, 'uuid') === uuid) ?? ''
const access = (host: string) => pool.pif(host, 'tunnel0')

/** What stands in the way, a line each, where nothing is changed. */
async function findings(): Promise<readonly string[]> {
  const state = remains(pool)
  const { status, stdout, stderr } = await destroy(`uuid=${uuid}`)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(remains(pool)).toEqual(state)
  const [head, ...lines] = stderr.split('\n').filter(Boolean)
  expect(head).toMatch(
    /^Error: red cannot be removed: (one thing is|\d+ things are) in the way, and nothing was changed\.$/,
  )
  return lines
}

describe('tunnel-network-destroy', () => {
  it.each(['uuid', 'name-label'])(
    'removes the tunnels on every host and the network, by %s, and prints nothing',
    async by => {
      expect(await destroy(by === 'uuid' ? `uuid=${uuid}` : 'name-label=red')).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
      expect(remains(pool)).toEqual(before)
    },
  )

  it('leaves other networks on the same transports alone', async () => {
    await pool.xe('tunnel-network-create', 'name-label=blue', 'pif-device=eth1')
    await destroy('name-label=red')
    expect(pool.db.refs('tunnel')).toHaveLength(3)
  })

  it.each([
    [[], 'name a network: uuid=UUID or name-label=NAME'],
    [['uuid=x', 'name-label=red'], 'uuid and name-label exclude each other'],
    [['name-label=green'], 'no network is called green'],
    [['name=red'], 'there is no parameter name here, only uuid, name-label'],
  ])('refuses %j', async (words, complaint) => {
    expect(await destroy(...words)).toEqual({ status: 1, stdout: '', stderr: `Error: ${complaint}\n` })
  })

  it('answers a uuid that nobody knows as a host does', async () => {
    const { stderr } = await destroy('uuid=x')
    expect(stderr).toBe((await pool.xe('network-destroy', 'uuid=x')).stderr)
  })

  it('does not choose between networks of one name', async () => {
    await pool.xe('network-create', 'name-label=red')
    const { status, stderr } = await destroy('name-label=red')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^Error: 2 networks are called red: choose one with uuid=, [0-9a-f-]{36}, [0-9a-f-]{36}\n$/)
  })

  it('does not touch a network that is of another kind', async () => {
    const { stdout } = await pool.xe('network-create', 'name-label=private')
    const { status, stderr } = await destroy('name-label=private')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Error: private (${stdout.trim()}) has no tunnels: see network-list uuid=${stdout.trim()}\n`,
    })
    const { stderr: other } = await destroy('name-label=Pool-wide network associated with eth1')
    expect(other).toContain('has no tunnels')
  })
})

describe('in the way of its removal is', () => {
  function vif(vm: number, fields: Partial<Rows['VIF']>): string {
    const { db } = pool
    const VM = db.refs('VM').find(ref => db.get('VM', ref, 'name_label') === `vm${vm}`) ?? ''
    const ref = db.create('VIF', {
      device: '7',
      network: network(),
      VM,
      MAC: '00:00:00:00:00:01',
      MTU: 1500,
      ...fields,
    })
    return db.get('VIF', ref, 'uuid')
  }

  it('each VIF that is plugged in, or is being plugged in, with its VM', async () => {
    const plugged = vif(1, { currently_attached: true })
    const plugging = vif(2, { current_operations: new Map([['OpaqueRef:task', 'attach']]) })
    const suspended = vif(3, { currently_attached: true })
    const vm3 = pool.db.refs('VM').find(ref => pool.db.get('VM', ref, 'name_label') === 'vm3') ?? ''
    pool.db.set('VM', vm3, 'power_state', 'Suspended')
    expect([...(await findings())].sort()).toEqual([
      `VM vm1: VIF 7 (${plugged}) is plugged in: vif-unplug uuid=${plugged}, or shut the VM down.`,
      `VM vm2: VIF 7 (${plugging}) is plugged in: vif-unplug uuid=${plugging}, or shut the VM down.`,
      `VM vm3: VIF 7 (${suspended}) is plugged in: resume the VM and shut it down.`,
    ])
  })

  it('HA or the redo log, a dead host, and what keeps an access PIF from being unplugged', async () => {
    const { db, set } = pool
    db.set('pool', db.refs('pool')[0] ?? '', 'redo_log_enabled', true)
    db.set('host_metrics', db.get('host', pool.host('host1'), 'metrics'), 'live', false)
    set(access('host2'), 'disallow_unplug', true)
    set(access('host2'), 'management', true)
    set(access('host3'), 'managed', false)
    const [host2, host3] = [pool.uuid('host2', 'tunnel0'), pool.uuid('host3', 'tunnel0')]
    expect(await findings()).toEqual([
      'HA or the redo log is on, so no PIF can be unplugged: turn both off.',
      'host1 is not live: start it, or remove it from the pool.',
      `host2: PIF tunnel0 (${host2}) is the management interface: move that with host-management-reconfigure.`,
      `host2: PIF tunnel0 (${host2}) does not allow to be unplugged: pif-param-set uuid=${host2} disallow-unplug=false.`,
      expect.stringMatching(
        `^host3: PIF tunnel0 \\(${host3}\\) is not managed by the toolstack, so tunnel [0-9a-f-]{36} has to stay\\.$`,
      ),
    ])
  })

  it('a PIF of another kind on the network, and a tunnel whose transport is gone', async () => {
    pool.set(pool.pif('host3', 'eth3'), 'network', network())
    const host1 = pool.uuid('host1', 'tunnel0')
    pool.db.destroy('PIF', pool.pif('host1', 'eth1'))
    expect(await findings()).toEqual([
      `host1: PIF tunnel0 (${host1}) has lost its transport PIF: pif-unplug it, then pif-db-forget uuid=${host1}.`,
      `host3: PIF eth3 (${pool.uuid('host3', 'eth3')}) is on the network too, and belongs to no tunnel.`,
    ])
  })

  it('not a VIF that is not plugged in, which goes with the network and is told of', async () => {
    const left = vif(1, {})
    expect(await destroy('name-label=red')).toEqual({
      status: 0,
      stdout: '',
      stderr: `warning: VM vm1: VIF 7 (${left}) is not plugged in and goes with the network.\n`,
    })
    expect(remains(pool)).toEqual(before)
  })

  it('many VIFs cost no call each', async () => {
    for (let i = 0; i < 60; i++) vif(1 + (i % 3), { device: String(10 + i), currently_attached: true })
    pool.fake.control.forgetCalls()
    expect(await findings()).toHaveLength(60)
    expect(pool.fake.calls.length).toBeLessThan(20)
  })
})

describe('what fails on the way', () => {
  it('keeps no other tunnel from going, and what is left can be removed later', async () => {
    const ref = pool.db.get('PIF', access('host2'), 'tunnel_access_PIF_of')[0] ?? ''
    await pool.fake.control.setFaults([
      { method: 'tunnel.destroy', ref, error: ['PIF_CONFIGURATION_ERROR', 'x', 'ovs-vsctl'] },
    ])
    const { status, stderr } = await destroy('name-label=red')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        `Error: 2 tunnels of red removed. tunnel-network-destroy uuid=${uuid} removes the rest:\n` +
        'the tunnel on host2: PIF_CONFIGURATION_ERROR, x, ovs-vsctl\n',
    })
    await pool.fake.control.setFaults([])
    expect(await destroy('name-label=red')).toMatchObject({ status: 0, stderr: '' })
    expect(remains(pool)).toEqual(before)
  })

  it('is told of the network too', async () => {
    await pool.fake.control.setFaults([{ method: 'network.destroy', error: ['NETWORK_CONTAINS_VIF', 'OpaqueRef:x'] }])
    const { status, stderr } = await destroy('name-label=red')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        `Error: 3 tunnels of red removed. network-destroy uuid=${uuid} removes the rest:\n` +
        'the network itself: NETWORK_CONTAINS_VIF\n',
    })
  })

  it('is not that somebody else was faster', async () => {
    const wire = pool.wire()
    const open = {
      ...wire,
      async call(...call: Parameters<typeof wire.call>) {
        const [method, parameters] = call
        if (method === 'tunnel.destroy') await wire.call(...call) // somebody else's, before ours
        return wire.call(method, parameters)
      },
    }
    expect(await pool.xeIn({ open }, 'tunnel-network-destroy', 'name-label=red')).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(remains(pool)).toEqual(before)
  })
})

it('SIGINT ends it between two tunnels, and it says what is left', async () => {
  await pool[Symbol.asyncDispose]()
  pool = await spanned({ hosts: 20 })
  uuid = (await pool.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1')).stdout.trim()
  const outcome = await pool.xeIn(
    interruptedAt(pool, method => method === 'tunnel.destroy'),
    'tunnel-network-destroy',
    'name-label=red',
  )
  expect(outcome).toEqual({
    status: 130,
    stdout: '',
    stderr:
      `1 tunnel of red removed. tunnel-network-destroy uuid=${uuid} removes the rest:\n` +
      '19 tunnels that nobody has touched\n',
  })
  expect(pool.db.refs('tunnel')).toHaveLength(19)
})
