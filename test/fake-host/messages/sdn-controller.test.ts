import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF } from '../../../src/datamodel/index.ts'
import { powerOff, powerOn } from '../../../src/fake-host/hosts/lifecycle.ts'
import type { OpenVSwitch } from '../../../src/fake-host/network/backends/openvswitch.ts'
import { addHost, addNetwork, addPif, addVlan, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
const refused = (protocol: string, address: string, port: bigint) =>
  bench.error('SDN_controller.introduce', protocol, address, port)
const introduce = async (protocol: string, address: string, port: bigint): Promise<string> =>
  String(await bench.call('SDN_controller.introduce', protocol, address, port))
const controllers = () => bench.db.refs('SDN_controller').map(ref => bench.db.get('SDN_controller', ref, 'address'))
const pool = () => bench.db.refs('pool')[0] ?? NULL_REF

beforeEach(async () => {
  bench = await emptyPool()
})

// Numbers are those of docs/spec/networking-conformance-cases.md G.
describe('SDN_controller.introduce', () => {
  it('69: keeps what it was given', async () => {
    const ref = await introduce('ssl', '192.168.1.10', 6632n)
    const expected = { protocol: 'ssl', address: '192.168.1.10', port: 6632 }
    expect(Object.fromEntries(bench.db.record('SDN_controller', ref))).toMatchObject(expected)
  })

  it('70: takes no address with pssl', async () => {
    expect(await refused('pssl', '192.168.1.10', 0n)).toEqual(['INVALID_VALUE', 'address', '192.168.1.10'])
  })

  it('71: takes no port with pssl', async () => {
    expect(await refused('pssl', '', 1n)).toEqual(['INVALID_VALUE', 'port', '1'])
    expect(bench.db.get('SDN_controller', await introduce('pssl', '', 0n), 'port')).toBe(0)
  })

  it('72: has a port of its own for ssl', async () => {
    expect(bench.db.get('SDN_controller', await introduce('ssl', '192.168.1.10', 0n), 'port')).toBe(6632)
  })

  it('73: wants an address in four parts', async () => {
    expect(await refused('ssl', '192.168', 0n)).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'address'])
  })

  it('74: wants an address with ssl', async () => {
    expect(await refused('ssl', '', 0n)).toEqual(['INVALID_VALUE', 'address', ''])
  })

  it.each([
    [75, -1],
    [76, 65536],
  ])('%i: takes no port %i', async (_n, port) => {
    const error = ['VALUE_NOT_SUPPORTED', 'port', String(port), expect.any(String)]
    expect(await refused('ssl', '192.168.1.10', BigInt(port))).toEqual(error)
  })

  it('77: is done once, and says so before all that is wrong with the second', async () => {
    await introduce('ssl', '192.168.1.10', 6632n)
    expect(await refused('ssl', 'x', 6632n)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
  })

  it('is for Open vSwitch', async () => {
    bench = await emptyPool('bridge')
    expect(await refused('ssl', '192.168.1.10', 0n)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    const error = await bench.error('pool.set_vswitch_controller', '192.168.1.10')
    expect(error).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
  })
})

describe('SDN_controller.forget', () => {
  it('78: removes the record', async () => {
    const ref = await introduce('ssl', '192.168.1.10', 6632n)
    await bench.call('SDN_controller.forget', ref)
    expect(bench.db.exists('SDN_controller', ref)).toBe(false)
  })
})

describe('pool.set_vswitch_controller', () => {
  it('replaces the controller, or removes it', async () => {
    await introduce('pssl', '', 0n)
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    expect(controllers()).toEqual(['192.168.1.10'])
    expect(bench.db.get('pool', pool(), 'vswitch_controller')).toBe('192.168.1.10')
    await bench.call('pool.set_vswitch_controller', '')
    expect(controllers()).toEqual([])
  })

  it('wants an address', async () => {
    const error = await bench.error('pool.set_vswitch_controller', 'x')
    expect(error).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'address'])
    expect(bench.db.get('pool', pool(), 'vswitch_controller')).toBe('')
  })

  it('does nothing for the address that it was given last, whatever became of it', async () => {
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    await bench.call('SDN_controller.forget', bench.db.refs('SDN_controller')[0] ?? '')
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    expect(controllers()).toEqual([])
  })
})

describe('the switch of a host', () => {
  const openVSwitch = (host = bench.host) => bench.pool.networks.of(host).backend as OpenVSwitch // that of the pool
  const managers = (host = bench.host) => openVSwitch(host).managers()
  const isOpen = async () => (await openVSwitch().firewall()).ovsdb

  it('connects to the controller of the pool, or lets it connect, and forgets it', async () => {
    await introduce('ssl', '192.168.1.10', 0n)
    expect((await managers()).targets).toEqual(['ssl:192.168.1.10:6632'])
    expect((await managers()).ssl).toMatchObject({
      ca_cert: '/etc/openvswitch/vswitchd.cacert',
      bootstrap_ca_cert: true,
    })
    expect(await isOpen()).toBe(false)
    await bench.call('SDN_controller.forget', bench.db.refs('SDN_controller')[0] ?? '')
    expect(await managers()).toEqual({ targets: [], ssl: undefined })
    await introduce('pssl', '', 0n)
    expect((await managers()).targets).toEqual(['pssl:6640'])
    expect((await managers()).ssl).toMatchObject({ bootstrap_ca_cert: false })
    expect(await isOpen()).toBe(true)
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    expect((await managers()).targets).toEqual(['ssl:192.168.1.10:6632'])
    expect(await isOpen()).toBe(false)
  })

  it('hears of the controller with the next start of its host, where that was down', async () => {
    const { db, pool } = bench
    const [down, bridged] = [addHost(db), addHost(db, new Map([['network_backend', 'bridge']]))]
    powerOff(pool, down)
    await introduce('ssl', '192.168.1.10', 0n)
    expect((await managers(down)).targets).toEqual([])
    await powerOn(pool, down)
    expect((await managers(down)).targets).toEqual(['ssl:192.168.1.10:6632'])
    expect(pool.networks.of(bridged).backend.kind).toBe('bridge')
  })

  it('is reset for another controller: what is in other_config goes, and what is in external_ids stays', async () => {
    const { db, host } = bench
    const network = addNetwork(bench, {
      bridge: 'xenbr0',
      other_config: new Map([['vswitch-controller-fail-mode', 'secure']]),
    })
    const nic = addPif(bench, { network })
    await bench.call('PIF.plug', nic)
    const { tables } = openVSwitch(host)
    const bridge = tables.Bridge.get('xenbr0')
    tables.Port.get('eth0')?.other_config.set('mark', 'x')
    bridge?.other_config.set('mark', 'x')
    bridge?.external_ids.set('mark', 'x')
    await introduce('ssl', '192.168.1.10', 0n)
    expect([...(bridge?.other_config.keys() ?? [])]).toEqual(['hwaddr'])
    expect(tables.Port.get('eth0')?.other_config.size).toBe(0)
    expect([...(bridge?.external_ids.keys() ?? [])]).toEqual(['xs-network-uuids', 'mark'])
    expect(bridge?.fail_mode).toBe('secure')
    db.set('network', network, 'other_config', new Map())
  })

  it('keeps its controller over a boot, and bridges that come back are whole', async () => {
    const { pool, host } = bench
    const nic = addPif(bench, { network: addNetwork(bench, { bridge: 'xenbr0' }) })
    await bench.call('PIF.plug', nic)
    await introduce('ssl', '192.168.1.10', 0n)
    powerOff(pool, host)
    await pool.networks.reboot(host)
    await pool.networks.of(host).run(daemon => daemon['Bridge.get_all']())
    expect((await managers()).targets).toEqual(['ssl:192.168.1.10:6632'])
    const bridge = openVSwitch().tables.Bridge.get('xenbr0')
    expect(bridge?.other_config.get('mac-table-size')).toBe('10000')
    await powerOn(pool, host)
    expect(openVSwitch().tables.Bridge.get('xenbr0')?.fail_mode).toBe('standalone')
  })

  it('has the fail mode and the in-band setting of its networks again, VLANs acting on their parent', async () => {
    const { db } = bench
    const network = addNetwork(bench, { bridge: 'xenbr0' })
    const nic = addPif(bench, { network })
    const { pif: vlan } = addVlan(bench, nic, 7)
    await bench.call('PIF.plug', nic)
    await bench.call('PIF.plug', vlan)
    const tagged = db.get('PIF', vlan, 'network')
    const bridge = openVSwitch().tables.Bridge.get('xenbr0')
    const pushed = () =>
      openVSwitch().pushController({
        manager: undefined,
        failMode: db.get('pool', pool(), 'other_config').get('vswitch-controller-fail-mode'),
        bridges: new Map(
          [network, tagged].map(ref => [
            db.get('network', ref, 'bridge'),
            {
              disableInBand: db.get('network', ref, 'other_config').get('vswitch-disable-in-band'),
              failMode: undefined,
            },
          ]),
        ),
      })
    expect(await pushed()).toBe('No change to configuration')
    db.set('pool', pool(), 'other_config', new Map([['vswitch-controller-fail-mode', 'secure']]))
    expect(await pushed()).toBe('Updated fail_mode.  ')
    expect(bridge?.fail_mode).toBe('secure')
    db.set('network', tagged, 'other_config', new Map([['vswitch-disable-in-band', 'true']]))
    expect(await pushed()).toBe('Updated in-band management.  ')
    expect(bridge?.other_config.get('disable-in-band')).toBe('true')
    await introduce('ssl', '192.168.1.10', 0n)
    expect(bridge?.fail_mode).toBe('secure')
  })
})
