import { beforeEach, describe, expect, it } from 'vitest'
import { datamodel, NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { Context } from '../../../src/fake-host/dispatch/context.ts'
import { bringUp } from '../../../src/fake-host/network/bring-up.ts'
import { Networks } from '../../../src/fake-host/network/index.ts'
import { plug, unplug } from '../../../src/fake-host/network/plug.ts'
import { addBond, addNetwork, addPif, addTunnel, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let context: Context
let calls: unknown[]

beforeEach(async () => {
  bench = await emptyPool()
  calls = []
  const networks = new Networks(bench.db, {
    onCall(_host, call, parameters) {
      if (!call.includes('.get_')) calls.push([call, ...parameters])
    },
  })
  const message = datamodel().messages.get('PIF.plug')
  if (!message) throw new Error('no such message')
  context = {
    pool: { ...bench.pool, networks },
    message,
    session: undefined,
    origin: 'memory',
    host: bench.host,
    task: undefined,
    signal: undefined,
  }
})

/** An interface as it is when nothing is said about it. */
const plain = {
  ipv4_conf: 'None4',
  ipv6_conf: 'Linklocal6',
  ipv4_routes: [],
  mtu: 1500,
  ethtool_settings: new Map(),
  ethtool_offload: new Map(),
  persistent: false,
}
const gro = new Map([['gro', 'on']])
const nicPif = (device: string, fields: Parameters<typeof addPif>[1] = {}): Ref<'PIF'> => {
  const bridge = device.replace('eth', 'xenbr')
  return addPif(bench, {
    device,
    MAC: `0a:00:00:00:00:0${device.slice(3)}`,
    network: addNetwork(bench, { bridge }),
    ...fields,
  })
}
const uuid = (pif: Ref<'PIF'>): string => bench.db.get('network', bench.db.get('PIF', pif, 'network'), 'uuid')
const uuids = (...pifs: Ref<'PIF'>[]): ReadonlyMap<string, string> =>
  new Map([['network-uuids', pifs.map(uuid).join(';')]])

describe('the daemon is asked', () => {
  it('for a NIC: a bridge with it, then the devices', async () => {
    const pif = nicPif('eth0', {
      ip_configuration_mode: 'Static',
      IP: '192.0.2.11',
      netmask: '255.255.255.0',
      gateway: '192.0.2.1',
      DNS: '192.0.2.53,192.0.2.54',
      other_config: new Map([['domain', 'example.org']]),
    })
    await plug(context, pif)
    const other_config = new Map([['domain', 'example.org'], ...uuids(pif)])
    const ports = new Map([['eth0', { interfaces: ['eth0'] }]])
    const bridge = { other_config, bridge_mac: '0a:00:00:00:00:00', ports, igmp_snooping: false, persistent: true }
    const address = {
      ipv4_conf: ['Static4', [['192.0.2.11', 24]]],
      ipv4_gateway: '192.0.2.1',
      dns: [['192.0.2.53', '192.0.2.54'], ['example.org']],
    }
    expect(calls).toEqual([
      ['set_gateway_interface', 'xenbr0'],
      ['set_dns_interface', 'xenbr0'],
      ['Bridge.make_config', new Map([['xenbr0', bridge]])],
      ['Interface.make_config', new Map([['eth0', { ...plain, ethtool_offload: gro, persistent: true }]])],
      [
        'Interface.make_config',
        new Map([['xenbr0', { ...plain, ...address, ethtool_offload: gro, persistent: true }]]),
      ],
    ])
  })

  it('for a tunnel: the transport first, then a bridge without ports, and for VXLAN the firewall', async () => {
    const transport = nicPif('eth0', { ip_configuration_mode: 'DHCP' })
    const { pif } = addTunnel(bench, transport, 'vxlan')
    await plug(context, pif)
    const bridge = {
      other_config: uuids(pif),
      bridge_mac: bench.db.get('PIF', pif, 'MAC'),
      ports: new Map(),
      igmp_snooping: false,
      persistent: false,
    }
    expect(calls.slice(5)).toEqual([
      ['set_gateway_interface', 'xenbr0'],
      ['set_dns_interface', 'xenbr0'],
      ['Bridge.make_config', new Map([['xapi0', bridge]])],
      ['Interface.make_config', new Map([['xapi0', plain]])],
      ['FIREWALL', 'vxlan', true],
    ])
  })

  it('for the end of the last VXLAN tunnel only: to close the firewall', async () => {
    const transport = nicPif('eth0', { ip_configuration_mode: 'DHCP' })
    const first = addTunnel(bench, transport, 'vxlan').pif
    const second = addTunnel(bench, transport, 'vxlan').pif
    const gre = addTunnel(bench, transport).pif
    for (const pif of [first, second, gre]) await plug(context, pif)
    calls = []
    for (const pif of [first, gre, second]) await unplug(context, pif)
    expect(calls.filter(call => (call as string[])[0] === 'FIREWALL')).toEqual([['FIREWALL', 'vxlan', false]])
    expect(calls.at(-1)).toEqual(['FIREWALL', 'vxlan', false])
  })

  it('for a VLAN: its bridge and that of the tagged PIF, with the MAC of the tagged PIF', async () => {
    const tagged = nicPif('eth0')
    const { pif } = addVlan(bench, tagged, 10)
    await plug(context, pif)
    const vlan = {
      other_config: uuids(pif, tagged),
      bridge_mac: '0a:00:00:00:00:00',
      vlan: ['xenbr0', 10],
      ports: new Map(),
      persistent: false,
    }
    expect(calls).toMatchObject([
      [
        'Bridge.make_config',
        new Map<string, unknown>([
          ['xapi0', vlan],
          ['xenbr0', expect.anything()],
        ]),
      ],
      [
        'Interface.make_config',
        new Map<string, unknown>([
          ['eth0.10', plain],
          ['eth0', expect.anything()],
        ]),
      ],
      ['Interface.make_config', new Map([['xapi0', plain]])],
    ])
    calls = []
    await unplug(context, pif)
    expect(calls).toEqual([
      ['Bridge.destroy', 'xenbr0', false],
      ['Bridge.destroy', 'xapi0', false],
      ['Interface.set_persistent', 'xapi0', false],
    ])
  })

  it('for a bond: to destroy the bridges of its slaves, then for one port with all of them', async () => {
    const slaves = [nicPif('eth2'), nicPif('eth3')]
    const { pif, bond } = addBond(bench, slaves, { mode: 'lacp', properties: new Map([['lacp-time', 'slow']]) })
    bench.db.set('PIF', pif, 'other_config', new Map([['bond-updelay', '5']]))
    await plug(context, pif)
    const bond_properties = new Map([
      ['mode', 'lacp'],
      ['miimon', '100'],
      ['downdelay', '200'],
      ['updelay', '5'],
      ['use_carrier', '1'],
      ['hashing-algorithm', ''],
      ['lacp-time', 'slow'],
    ])
    expect(calls.slice(0, 2)).toEqual([
      ['Bridge.destroy', 'xenbr3', true],
      ['Bridge.destroy', 'xenbr2', true],
    ])
    const port = { interfaces: ['eth3', 'eth2'], bond_mac: bench.db.get('PIF', pif, 'MAC'), bond_properties }
    expect(calls[2]).toMatchObject(['Bridge.make_config', new Map([['xapi0', { ports: new Map([['bond0', port]]) }]])])
    calls = []
    bench.db.set('Bond', bond, 'mode', 'balance-slb')
    await bringUp(context, slaves[0] ?? NULL_REF)
    expect(calls[0]).toEqual(['Bridge.destroy', 'xapi0', true])
  })

  it('for the gateway and name servers: by settings, then management, then any', async () => {
    const { db } = bench
    const pif = nicPif('eth0', { ip_configuration_mode: 'DHCP', management: true })
    const gateway = nicPif('eth1', { ip_configuration_mode: 'DHCP', other_config: new Map([['defaultroute', 'true']]) })
    const dns = nicPif('eth2', { ip_configuration_mode: 'DHCP', other_config: new Map([['peerdns', 'true']]) })
    nicPif('eth3', { primary_address_type: 'IPv6', ip_configuration_mode: 'DHCP' })
    await plug(context, pif)
    expect(calls.slice(0, 2)).toEqual([
      ['set_gateway_interface', 'xenbr1'],
      ['set_dns_interface', 'xenbr2'],
    ])
    for (const other of [gateway, dns]) db.set('PIF', other, 'other_config', new Map())
    calls = []
    await plug(context, pif)
    expect(calls[0]).toEqual(['set_gateway_interface', 'xenbr0'])
    calls = []
    await bringUp(context, dns, { management: true })
    expect(calls[0]).toEqual(['set_gateway_interface', 'xenbr2'])
    for (const other of [pif, gateway, dns]) db.set('PIF', other, 'ip_configuration_mode', 'None')
    calls = []
    await plug(context, pif)
    expect(calls[0]).toMatchObject(['Bridge.make_config', expect.anything()])
  })
})
