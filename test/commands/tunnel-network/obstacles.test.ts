import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bond, promised, remains, type Spanned, spanned } from './spanned.ts'

let pool: Spanned
beforeEach(async () => {
  pool = await spanned()
})
afterEach(() => pool[Symbol.asyncDispose]())

/** What is printed about an attempt that must change nothing, a line for each finding. */
async function findings(...words: string[]): Promise<readonly string[]> {
  const before = remains(pool)
  const { status, stdout, stderr } = await pool.xe('tunnel-network-create', 'name-label=red', ...words)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(remains(pool)).toEqual(before)
  const [head, ...lines] = stderr.split('\n').filter(Boolean)
  const things = lines.length === 1 ? 'one thing is' : `${lines.length} things are`
  expect(head).toBe(`Error: red cannot be made: ${things} in the way, and nothing was changed.`)
  return lines
}

const pifText = (host: string, device: string) => `PIF ${device} (${pool.uuid(host, device)})`
const pifsWith = (field: string, value: unknown) =>
  pool.db.refs('PIF').filter(ref => pool.db.record('PIF', ref).get(field as 'uuid') === value)

describe('in the way of a tunnel network is', () => {
  it('a transport without an IP configuration, on each host that has one', async () => {
    pool.set(pool.pif('host2', 'eth2'), 'ip_configuration_mode', 'DHCP')
    pool.set(pool.pif('host3', 'eth2'), 'ipv6_configuration_mode', 'Autoconf')
    const how = (host: string) =>
      `give it one with pif-reconfigure-ip uuid=${pool.uuid(host, 'eth2')} mode=dhcp (or mode=static IP=... netmask=...).`
    expect(await findings('pif-device=eth2')).toEqual([
      `host1: ${pifText('host1', 'eth2')} has no IP configuration: ${how('host1')}`,
      `host3: ${pifText('host3', 'eth2')} has an IPv6 configuration alone, and tunnels start from IPv4: ${how('host3')}`,
    ])
  })

  it('a member of a bond, with the PIF of the bond to use instead', async () => {
    const ready = bond(pool, 'host1', ['eth1', 'eth2'], { ip_configuration_mode: 'DHCP' })
    const bare = bond(pool, 'host2', ['eth1', 'eth2'], {})
    pool.set(pool.pif('host3', 'eth1'), 'bond_slave_of', 'OpaqueRef:gone')
    expect(await findings('pif-device=eth1')).toEqual([
      `host1: ${pifText('host1', 'eth1')} is a member of a bond: use the bond's PIF bond0 (${ready}) instead.`,
      `host2: ${pifText('host2', 'eth1')} is a member of a bond: use the bond's PIF bond0 (${bare}) instead, ` +
        'which needs an IP configuration first (pif-reconfigure-ip).',
      `host3: ${pifText('host3', 'eth1')} is a member of a bond: use another PIF, for the bond's PIF is not there.`,
    ])
  })

  it('an unmanaged PIF', async () => {
    pool.set(pool.pif('host2', 'eth1'), 'managed', false)
    expect(await findings('pif-device=eth1')).toEqual([
      `host2: ${pifText('host2', 'eth1')} is not managed by the toolstack: use another PIF, or pif-forget it and pif-introduce it.`,
    ])
  })

  it('the access PIF of a tunnel, with its transport to use instead', async () => {
    await pool.xe('tunnel-network-create', 'name-label=blue', 'pif-device=eth1')
    expect((await findings('pif-device=tunnel0'))[0]).toBe(
      `host1: ${pifText('host1', 'tunnel0')} is the access PIF of a tunnel, which carries no other: ` +
        `use its transport ${pifText('host1', 'eth1').slice(4)} instead.`,
    )
  })

  it('SR-IOV: its logical PIF, and a VLAN on that', async () => {
    const { db, pif, set } = pool
    const physical = pif('host1', 'eth3')
    set(physical, 'capabilities', ['sriov'])
    const networks = ['a', 'b'].map(name => db.create('network', { bridge: `xapi-${name}`, MTU: 1500, managed: true }))
    const uuids = networks.map(ref => db.get('network', ref, 'uuid'))
    expect(
      await pool.xe('network-sriov-create', `pif-uuid=${db.get('PIF', physical, 'uuid')}`, `network-uuid=${uuids[0]}`),
    ).toMatchObject({ status: 0 })
    const [logical = ''] = pifsWith('network', networks[0])
    set(logical, 'ip_configuration_mode', 'DHCP')
    const logicalUuid = db.get('PIF', logical, 'uuid')
    expect(
      await pool.xe('vlan-create', 'vlan=20', `pif-uuid=${logicalUuid}`, `network-uuid=${uuids[1]}`),
    ).toMatchObject({ status: 0 })
    const [vlan = ''] = pifsWith('network', networks[1])
    set(vlan, 'ip_configuration_mode', 'DHCP')
    const vlanUuid = db.get('PIF', vlan, 'uuid')
    expect(await findings(`pif-uuids=${logicalUuid}`)).toEqual([
      `host1: PIF eth3 (${logicalUuid}) is a logical PIF of SR-IOV: use the physical PIF eth3 (${db.get('PIF', physical, 'uuid')}) ` +
        'instead, which needs an IP configuration first (pif-reconfigure-ip).',
    ])
    expect(await findings(`pif-uuids=${vlanUuid}`)).toEqual([
      `host1: PIF eth3 VLAN 20 (${vlanUuid}) is a VLAN on SR-IOV: use a physical PIF, the PIF of a bond, or a VLAN on one of these.`,
    ])
    // The device by its name is the physical PIF.
    expect((await findings('pif-device=eth3', 'hosts=host1'))[0]).toContain(db.get('PIF', physical, 'uuid'))
  })

  it('a back end other than Open vSwitch, on any host of the pool', async () => {
    pool.db.set('host', pool.host('host3'), 'software_version', new Map([['network_backend', 'bridge']]))
    expect(await findings('pif-device=eth1', 'hosts=host1')).toEqual([
      'host3 has the network back end bridge, and no host gets tunnels before all have openvswitch: ' +
        'run xe-switch-network-backend openvswitch in its control domain and restart it.',
    ])
    await pool[Symbol.asyncDispose]()
    pool = await spanned({ hosts: 4, backend: 'bridge' })
    expect(await findings('pif-device=eth1')).toHaveLength(4)
  })

  it('a host that is not live', async () => {
    pool.db.set('host_metrics', pool.db.get('host', pool.host('host2'), 'metrics'), 'live', false)
    expect(await findings('pif-device=eth1')).toEqual(['host2 is not live: start it, or leave it out of hosts=.'])
  })

  it('a PIF that is missing on a host, or that a host has twice', async () => {
    pool.set(pool.pif('host1', 'eth1'), 'device', 'lan')
    pool.set(pool.pif('host2', 'eth2'), 'device', 'eth1')
    const twice = pifsWith('host', pool.host('host2')).filter(ref => pool.db.get('PIF', ref, 'device') === 'eth1')
    const lines = await findings('pif-device=eth1')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toBe(
      'host1 has no PIF eth1 (it has eth0, eth2, eth3, lan): choose PIFs with pif-uuids=, or leave the host out of hosts=.',
    )
    expect(lines[1]).toMatch(/^host2 has several PIFs eth1: name one by pif-uuids=, /)
    for (const ref of twice) expect(lines[1]).toContain(pool.db.get('PIF', ref, 'uuid'))
  })

  it('a name that another network has', async () => {
    await pool.xe('network-create', 'name-label=red')
    expect((await findings('pif-device=eth1'))[0]).toMatch(
      /^There is a network red already \([0-9a-f-]{36}\): choose another/,
    )
  })

  it('a host or a PIF that nobody knows, and a host that two have the name of', async () => {
    pool.db.set('host', pool.host('host2'), 'name_label', 'host3')
    const lines = await findings('pif-device=eth1', 'hosts=host1,host3,host9')
    expect(lines[0]).toMatch(/^Several hosts are called host3: name one by its uuid, [0-9a-f-]{36}, [0-9a-f-]{36}\.$/)
    expect(lines[1]).toBe('No host of the pool is called host9 or has that uuid: host-list shows them.')
    expect(await findings(`pif-uuids=nonsense,${pool.uuid('host1', 'eth1')}`)).toEqual([
      'No PIF has the uuid nonsense: pif-list shows them.',
    ])
  })

  it('a PIF that its host has left behind', async () => {
    const uuid = pool.uuid('host3', 'eth1')
    pool.db.destroy('host', pool.host('host3'))
    expect(await findings(`pif-uuids=${uuid},${pool.uuid('host1', 'eth1')}`)).toEqual([
      `PIF eth1 (${uuid}) is of a host that is gone: pif-db-forget it.`,
    ])
  })

  it('a choice of PIFs that does not fit the hosts', async () => {
    const [one, other, elsewhere] = [pool.uuid('host1', 'eth0'), pool.uuid('host1', 'eth1'), pool.uuid('host2', 'eth1')]
    expect(await findings(`pif-uuids=${one},${other},${one},${elsewhere}`, 'hosts=host1,host3')).toEqual([
      `host1 has several of pif-uuids=: a network has one tunnel a host, so keep one of ${one}, ${other}.`,
      `host2: PIF eth1 (${elsewhere}) is among pif-uuids=, but its host is not among hosts=.`,
      'host3 is named by hosts=, but none of pif-uuids= is a PIF of it.',
    ])
  })

  it('everything at once', async () => {
    bond(pool, 'host1', ['eth1', 'eth2'], { ip_configuration_mode: 'DHCP' })
    pool.set(pool.pif('host2', 'eth1'), 'ip_configuration_mode', 'None')
    pool.set(pool.pif('host2', 'eth1'), 'managed', false)
    pool.db.set('host', pool.host('host3'), 'software_version', new Map())
    pool.db.set('host_metrics', pool.db.get('host', pool.host('host3'), 'metrics'), 'live', false)
    const lines = await findings('pif-device=eth1', 'hosts=host1,host2,host3,host4')
    expect(lines.map(line => line.replace(/ \([0-9a-f-]{36}\)/, '').slice(0, 40))).toEqual([
      'host3 has the network back end (none), a',
      'No host of the pool is called host4 or h',
      'host1: PIF eth1 is a member of a bond: u',
      'host2: PIF eth1 is not managed by the to',
      'host2: PIF eth1 has no IP configuration:',
      'host3 is not live: start it, or leave it',
    ])
  })
})

describe('--keep-going', () => {
  it('does without the hosts that something is wrong with, and tells of them', async () => {
    pool.set(pool.pif('host2', 'eth1'), 'ip_configuration_mode', 'None')
    const { status, stdout, stderr } = await pool.xe(
      'tunnel-network-create',
      'name-label=red',
      'pif-device=eth1',
      '--keep-going',
    )
    expect(status).toBe(1)
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/)
    expect(stderr).toMatch(
      /^warning: host2: PIF eth1 .* has no IP configuration: .*\nError: red was made without 1 host: [^\n]*\n$/,
    )
    expect(pool.db.refs('tunnel')).toHaveLength(2)
  })

  it('does not help against what is wrong with all of it', async () => {
    pool.db.set('host', pool.host('host3'), 'software_version', new Map([['network_backend', 'bridge']]))
    pool.set(pool.pif('host2', 'eth1'), 'ip_configuration_mode', 'None')
    expect(await findings('pif-device=eth1', '--keep-going')).toHaveLength(2)
  })

  it('does not help where no host is left', async () => {
    expect(await findings('pif-device=eth2', '--keep-going')).toHaveLength(3)
  })
})

describe('worth a warning is', () => {
  it('that HA will keep the network from being removed, and an address that is still to come', async () => {
    pool.db.set('pool', pool.db.refs('pool')[0] ?? '', 'ha_enabled', true)
    pool.set(pool.pif('host2', 'eth1'), 'IP', '')
    const { status, stderr } = await pool.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1')
    expect(status).toBe(0)
    expect(stderr).toBe(
      `warning: host2: PIF eth1 (${pool.uuid('host2', 'eth1')}) has got no address from its DHCP server: ` +
        `no link can start there. See pif-param-list uuid=${pool.uuid('host2', 'eth1')}.\n` +
        'warning: HA or the redo log is on: what is made now can only be removed once both are off.\n',
    )
  })
})

it('names that would do something to a terminal are spelled out', async () => {
  pool.set(pool.pif('host1', 'eth1'), 'ip_configuration_mode', 'None')
  pool.db.set('host', pool.host('host1'), 'name_label', 'h\u001b[31m\u202e1')
  expect((await findings('pif-device=eth1'))[0]).toMatch(/^h\\u001b\[31m\\u202e1: PIF eth1 /)
})

it('a pool whose hosts know neither SR-IOV nor protocols gets its tunnels', async () => {
  const { fake } = pool
  await fake.control.setFaults([{ method: 'network_sriov.get_all_records', error: ['MESSAGE_METHOD_UNKNOWN', 'x'] }])
  expect(await pool.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1')).toMatchObject({
    status: 0,
    stderr: '',
  })
})

it('as JSON each is a detail with the code that a host would answer, and warnings are lines of JSON too', async () => {
  pool.set(pool.pif('host2', 'eth1'), 'ip_configuration_mode', 'None')
  const words = ['tunnel-network-create', 'name-label=red', 'pif-device=eth1', '--output=json']
  const { stderr } = await pool.xe(...words)
  expect(promised(stderr)).toMatchObject({
    kind: 'error',
    message: 'red cannot be made: one thing is in the way, and nothing was changed.',
    details: [{ label: 'TRANSPORT_PIF_NOT_CONFIGURED', value: expect.stringContaining('host2: PIF eth1') }],
  })
  const { status, stdout, stderr: told } = await pool.xe(...words, '--keep-going')
  expect(status).toBe(1)
  expect(promised(stdout)).toMatchObject({ kind: 'values', values: [expect.stringMatching(/^[0-9a-f-]{36}$/)] })
  const lines = told.split('\n').filter(Boolean)
  expect(lines.map(line => promised(line).kind)).toEqual(['remark', 'error'])
})

it('--dry-run shows what would be made, and makes nothing', async () => {
  const before = remains(pool)
  const { status, stdout, stderr } = await pool.xe(
    'tunnel-network-create',
    'name-label=red',
    'pif-device=eth1',
    '--dry-run',
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.match(/^not made {2}\S+\.create\(/gm)).toHaveLength(4)
  expect(remains(pool)).toEqual(before)
})
