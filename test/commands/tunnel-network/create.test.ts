import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Transport, TransportError } from '../../../src/xapi/index.ts'
import { interruptedAt, remains, type Spanned, spanned, terminal } from './spanned.ts'

let pool: Spanned
beforeEach(async () => {
  pool = await spanned()
})
afterEach(() => pool[Symbol.asyncDispose]())

const create = (...words: string[]) => pool.xe('tunnel-network-create', 'name-label=red', ...words)
const tunnels = () =>
  pool.db.refs('tunnel').map(ref => {
    const access = pool.db.get('tunnel', ref, 'access_PIF')
    const transport = pool.db.get('tunnel', ref, 'transport_PIF')
    return [
      pool.db.get('host', pool.db.get('PIF', access, 'host'), 'name_label'),
      pool.db.get('PIF', transport, 'device'),
      pool.db.get('tunnel', ref, 'protocol'),
      pool.db.get('PIF', access, 'currently_attached'),
    ].join(' ')
  })
const network = () => pool.db.refs('network').find(ref => pool.db.get('network', ref, 'name_label') === 'red') ?? ''
const calls = (method: string) => pool.fake.calls.filter(call => call.method === method)

describe('tunnel-network-create', () => {
  it('makes a network, and a tunnel on the same device of every host, and prints the uuid of the network', async () => {
    const { status, stdout, stderr } = await create('pif-device=eth1', 'name-description=for the red ones')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(`${pool.db.get('network', network(), 'uuid')}\n`)
    expect(tunnels().sort()).toEqual(['host1 eth1 gre true', 'host2 eth1 gre true', 'host3 eth1 gre true'])
    expect(pool.db.get('network', network(), 'name_description')).toBe('for the red ones')
  })

  it('leaves the protocol out of the call where it is the usual one, and sends another', async () => {
    await create('pif-device=eth1', 'hosts=host1')
    await pool.xe('tunnel-network-create', 'name-label=blue', 'pif-device=eth1', 'protocol=VXLAN', 'hosts=host2')
    expect(calls('tunnel.create').map(call => call.params.length)).toEqual([2, 3])
    expect(tunnels().sort()).toEqual(['host1 eth1 gre true', 'host2 eth1 vxlan true'])
  })

  it('takes hosts by name or uuid, and PIFs by uuid', async () => {
    const host3 = pool.db.get('host', pool.host('host3'), 'uuid')
    await create('pif-device=eth0', `hosts=host1,${host3}`)
    expect(tunnels().sort()).toEqual(['host1 eth0 gre true', 'host3 eth0 gre true'])
    const pifs = [pool.uuid('host1', 'eth1'), pool.uuid('host2', 'eth0')]
    const { status } = await pool.xe('tunnel-network-create', 'name-label=blue', `pif-uuids=${pifs}`)
    expect(status).toBe(0)
    expect(tunnels()).toHaveLength(4)
    expect(tunnels()).toContain('host2 eth0 gre true')
  })

  it('takes the VLAN of a device where it is asked to', async () => {
    const { db, xe } = pool
    for (const host of ['host1', 'host2']) {
      const made = db.create('network', {
        name_label: `net of ${host}`,
        bridge: `xapi-${host}`,
        MTU: 1500,
        managed: true,
      })
      await xe(
        'vlan-create',
        'vlan=20',
        `pif-uuid=${pool.uuid(host, 'eth1')}`,
        `network-uuid=${db.get('network', made, 'uuid')}`,
      )
    }
    const vlans = db.refs('PIF').filter(ref => db.get('PIF', ref, 'VLAN') === 20)
    for (const vlan of vlans) pool.set(vlan, 'ip_configuration_mode', 'DHCP')
    expect(await create('pif-device=eth1', 'vlan=20', 'hosts=host1,host2')).toMatchObject({ status: 0 })
    const used = db.refs('tunnel').map(ref => db.get('tunnel', ref, 'transport_PIF'))
    expect(used.sort()).toEqual(vlans.sort())
    const { stderr } = await pool.xe('tunnel-network-create', 'name-label=blue', 'pif-device=eth1', 'vlan=20')
    expect(stderr).toContain(`host3 has no VLAN 20 on eth1 (${pool.uuid('host3', 'eth1')}): make it with vlan-create`)
  })

  it('asks a pool of 64 hosts no more before it begins than a pool of one', async () => {
    const reads = async (hosts: number) => {
      await using other = await spanned({ hosts })
      await other.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1')
      expect(other.db.refs('tunnel')).toHaveLength(hosts)
      const methods = other.fake.calls.map(call => call.method)
      return methods.slice(0, methods.indexOf('network.create'))
    }
    expect(await reads(64)).toEqual(await reads(1))
  })
})

describe('the MTU of the network', () => {
  const MTU = () => pool.db.get('network', network(), 'MTU')

  it.each([
    ['gre', 1458],
    ['vxlan', 1450],
  ])('is what fits inside %s over the usual one: %i', async (protocol, fitting) => {
    await create('pif-device=eth1', `protocol=${protocol}`)
    expect(MTU()).toBe(fitting)
  })

  it('is the usual one where the transports leave room for it', async () => {
    for (const host of ['host1', 'host2', 'host3']) pool.set(pool.pif(host, 'eth1'), 'MTU', 9000)
    await create('pif-device=eth1')
    expect(MTU()).toBe(1500)
  })

  it('goes by the narrowest of the transports, and by the network of one that is not up', async () => {
    for (const host of ['host1', 'host2', 'host3']) pool.set(pool.pif(host, 'eth1'), 'MTU', 9000)
    pool.set(pool.pif('host2', 'eth1'), 'currently_attached', false)
    pool.db.set('network', pool.db.get('PIF', pool.pif('host2', 'eth1'), 'network'), 'MTU', 1400)
    await create('pif-device=eth1')
    expect(MTU()).toBe(1358)
  })

  it('is said at a terminal where it is not the usual one, and not in a pipe', async () => {
    const { stderr, printed } = terminal()
    await pool.xeIn({ stderr }, 'tunnel-network-create', 'name-label=red', 'pif-device=eth1')
    expect(printed()).toContain('The network gets MTU 1458: larger packets do not fit inside gre over MTU 1500.\n')
  })

  it('is what was asked for, with a warning for each transport that is too narrow for it', async () => {
    pool.set(pool.pif('host1', 'eth1'), 'MTU', 9000)
    const { status, stderr } = await create('pif-device=eth1', 'protocol=vxlan', 'mtu=1500')
    expect(status).toBe(0)
    expect(MTU()).toBe(1500)
    expect(stderr.split('\n').filter(Boolean)).toEqual(
      ['host2', 'host3'].map(
        host =>
          `warning: ${host}: PIF eth1 (${pool.uuid(host, 'eth1')}) has MTU 1500, so that packets of more than 1450 bytes ` +
          'get lost inside vxlan: use mtu=1450, or give its network an MTU of 1550.',
      ),
    )
  })
})

describe('what makes no sense in itself is refused before anything is asked', () => {
  it.each([
    [[], 'say where the tunnels start'],
    [['pif-device='], 'pif-device is empty'],
    [['pif-device=eth1', 'pif-uuids=x'], 'pif-device and pif-uuids exclude each other'],
    [['pif-uuids=x', 'vlan=3'], 'vlan is about a pif-device'],
    [['pif-device=eth1', 'vlan=4095'], 'vlan takes a number from 0 to 4094'],
    [['pif-device=eth1', 'mtu=big'], 'mtu takes a number from 68 to 65535'],
    [['pif-device=eth1', 'mtu=67'], 'mtu takes a number from 68 to 65535'],
    [['pif-device=eth1', 'protocol=ipip'], "'ipip' is not one of gre, vxlan"],
    [['pif-device=eth1', 'hosts=,'], 'hosts is empty'],
    [['pif-device=eth1', 'host=host1'], 'there is no parameter host here, only name-label, pif-device'],
    [['pif-device=eth1', '--keepgoing'], 'there is no parameter keepgoing here'],
    [['pif-device=eth1', 'keep-going=perhaps'], "keep-going: 'perhaps' is neither true nor false"],
  ])('%j', async (words, complaint) => {
    const { status, stdout, stderr } = await create(...words)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(`Error: ${complaint}`)
    expect(pool.fake.calls.map(call => call.method)).toEqual(['session.login_with_password', 'session.logout'])
  })

  it('an empty name', async () => {
    const { stderr } = await pool.xe('tunnel-network-create', 'name-label=', 'pif-device=eth1')
    expect(stderr).toBe('Error: name-label is empty, and a tunnel network needs a name\n')
  })
})

describe('when a host fails half-way', () => {
  const breakHost = (host: string) =>
    pool.fake.control.disturbNetwork({ host, fail: { call: 'Bridge.make_config', kind: 'script' } })

  it('all that was made goes again, what the failed call left behind too, and the failure is explained', async () => {
    const before = remains(pool)
    await breakHost('host2')
    const { status, stdout, stderr } = await create('pif-device=eth1')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const lines = stderr.split('\n')
    expect(lines[0]).toMatch(
      new RegExp(`^host2: PIF eth1 \\(${pool.uuid('host2', 'eth1')}\\): no tunnel: PIF_CONFIGURATION_ERROR`),
    )
    expect(lines[1]).toBe('Removed again: 3 tunnels and the network.')
    expect(lines[3]).toMatch(/^PIF: [0-9a-f-]{36}$/)
    expect(remains(pool)).toEqual(before)
  })

  it('nothing more is begun', async () => {
    await pool.fake.control.setFaults([
      { method: 'tunnel.create', error: ['RBAC_PERMISSION_DENIED', 'tunnel.create', 'no'] },
    ])
    expect((await create('pif-device=eth1')).stderr).toContain('Removed again: 0 tunnels and the network.\n')
    expect(calls('tunnel.create')).toHaveLength(1)
    expect(network()).toBe('')
  })

  it('--keep-going does without that host, says so, prints the uuid and fails', async () => {
    await breakHost('host2')
    const { status, stdout, stderr } = await create('pif-device=eth1', '--keep-going')
    expect(status).toBe(1)
    expect(stdout).toBe(`${pool.db.get('network', network(), 'uuid')}\n`)
    expect(tunnels().sort()).toEqual(['host1 eth1 gre true', 'host3 eth1 gre true'])
    expect(stderr).toMatch(
      /^host2: .*no tunnel: PIF_CONFIGURATION_ERROR.*\nError: red was made without 1 host: tunnel-create network-uuid=\S+ pif-uuid=\.\.\. adds a host later\.\n$/,
    )
  })

  it('--keep-going makes nothing of it where no host is left', async () => {
    const before = remains(pool)
    for (const host of ['host1', 'host2', 'host3']) await breakHost(host)
    const { status, stdout, stderr } = await create('pif-device=eth1', '--keep-going')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('Removed again: 3 tunnels and the network.\n')
    expect(remains(pool)).toEqual(before)
  })

  it('what cannot be removed is named', async () => {
    await breakHost('host2')
    await pool.fake.control.setFaults([{ method: 'tunnel.destroy', error: ['HOST_OFFLINE', pool.host('host2')] }])
    const { status, stderr } = await create('pif-device=eth1')
    expect(status).toBe(1)
    expect(stderr).toContain('Left behind: the tunnel on host2: HOST_OFFLINE.\n')
    expect(stderr).toContain('The network red is still there: tunnel-network-destroy uuid=')
    await pool.fake.control.setFaults([])
    expect(await pool.xe('tunnel-network-destroy', 'name-label=red')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(network()).toBe('')
  })

  it('a removal that fails once is tried again', async () => {
    const before = remains(pool)
    await breakHost('host2')
    await pool.fake.control.setFaults([{ method: 'network.destroy', error: ['NETWORK_CONTAINS_PIF', 'x'], max: 1 }])
    expect((await create('pif-device=eth1')).stderr).toContain('Removed again: 3 tunnels and the network.\n')
    expect(remains(pool)).toEqual(before)
  })
})

it('a network whose answer was lost may be there, which the command says in words to type', async () => {
  const wire = pool.wire()
  const open: Transport = {
    ...wire,
    async call(method, parameters, options) {
      const answer = await wire.call(method, parameters, options)
      if (method === 'network.create') throw new TransportError('closed', 'the connection was lost')
      return answer
    },
  }
  const words = ['tunnel-network-create', "name-label=Peter's net", 'pif-device=eth1']
  expect(await pool.xeIn({ open }, ...words)).toEqual({
    status: 1,
    stdout: '',
    stderr:
      "Whether the network was made is not known: see network-list 'name-label=Peter'\\''s net'.\n" +
      'Error: the connection was lost\n',
  })
})

describe('SIGINT', () => {
  it('while the pool is being read ends the command and changes nothing', async () => {
    const before = remains(pool)
    const outcome = await pool.xeIn(
      interruptedAt(pool, method => method === 'PIF.get_all_records'),
      'tunnel-network-create',
      'name-label=red',
      'pif-device=eth1',
    )
    expect(outcome).toEqual({ status: 130, stdout: '', stderr: '' })
    expect(remains(pool)).toEqual(before)
  })

  it('while tunnels are being made waits for the call under way and takes back what was made', async () => {
    const before = remains(pool)
    const outcome = await pool.xeIn(
      interruptedAt(pool, method => method === 'tunnel.create'),
      'tunnel-network-create',
      'name-label=red',
      'pif-device=eth1',
    )
    expect(outcome).toEqual({ status: 130, stdout: '', stderr: 'Removed again: 1 tunnel and the network.\n' })
    expect(calls('session.logout')).toHaveLength(1)
    expect(remains(pool)).toEqual(before)
  })
})

it('progress is shown on a terminal while tunnels are made, and is gone in the end', async () => {
  const { stderr, printed } = terminal()
  await pool.xeIn({ stderr }, 'tunnel-network-create', 'name-label=red', 'pif-device=eth1', 'mtu=1400')
  const shown = printed().split('\r\x1b[K')
  expect(shown).toContain('Making tunnels: 0 of 3, host1')
  expect(shown).toContain('Making tunnels: 3 of 3')
  expect(shown.at(-1)).toBe('')
})
