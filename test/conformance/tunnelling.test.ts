import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Ref } from '../../src/datamodel/index.ts'
import type { FakeHostOptions } from '../../src/fake-host/index.ts'
import { XapiError } from '../../src/xapi/index.ts'
import { describeUnless } from '../ovs-lab/index.ts'
import { drivers, type Places, places, type Subject, switched } from './drivers.ts'

/** The error description that a call fails with. */
async function failure(call: Promise<unknown>): Promise<readonly string[]> {
  const error = await call.then(
    () => undefined,
    reason => reason,
  )
  if (!(error instanceof XapiError)) throw error ?? new Error('the call succeeded')
  return [error.code, ...error.params]
}

// The rows of docs/spec/tunnelling-design.md.
for (const driver of [...drivers, switched])
  describeUnless(driver.trouble, `tunnels ${driver.name}`, () => {
    let subject: Subject
    let at: Places
    let network: Ref<'network'>
    const start = async (options: FakeHostOptions = {}) => {
      subject = await driver.open(options)
      at = places(subject)
      network = await at.network('spanning')
    }
    const bridges = (host: Ref<'host'>) => subject.fake.pool.networks.of(host).backend.describe()
    const create = async (protocol?: 'gre' | 'vxlan', device = 'eth0', host = at.host1) => {
      const { session } = subject
      const pif = at.pif(host, device)
      const tunnel = await (protocol
        ? session.tunnel.create(pif, network, protocol)
        : session.tunnel.create(pif, network))
      return { tunnel, access: await session.tunnel.get_access_PIF(tunnel) }
    }

    beforeEach(() => start())
    afterEach(() => subject[Symbol.asyncDispose]())

    it('T1: a tunnel has uuid, access_PIF, transport_PIF, status, other_config and protocol, of which the last three can be set', async () => {
      const { tunnel, access } = await create('vxlan')
      const { session } = subject
      expect(await session.tunnel.get_record(tunnel)).toEqual({
        uuid: await session.tunnel.get_uuid(tunnel),
        access_PIF: access,
        transport_PIF: at.pif(at.host1, 'eth0'),
        status: new Map([['active', 'false']]),
        other_config: new Map(),
        protocol: 'vxlan',
      })
      await session.tunnel.set_status(
        tunnel,
        new Map([
          ['active', 'true'],
          ['key', '7'],
        ]),
      )
      await session.tunnel.add_to_other_config(tunnel, 'a', 'b')
      await session.tunnel.set_protocol(tunnel, 'gre')
      expect(await session.tunnel.get_status(tunnel)).toEqual(
        new Map([
          ['active', 'true'],
          ['key', '7'],
        ]),
      )
      expect(await session.tunnel.get_other_config(tunnel)).toEqual(new Map([['a', 'b']]))
      expect(await session.tunnel.get_protocol(tunnel)).toBe('gre')
      for (const field of ['uuid', 'access_PIF', 'transport_PIF']) {
        expect(await failure(session.call(`tunnel.set_${field}`, tunnel, 'x'))).toEqual([
          'MESSAGE_METHOD_UNKNOWN',
          `tunnel.set_${field}`,
        ])
      }
    })

    it('T2: a PIF knows the tunnels that it carries and gives access to, as they come and go', async () => {
      const { session } = subject
      const transport = at.pif(at.host1, 'eth0')
      const { tunnel, access } = await create()
      expect(await session.PIF.get_tunnel_access_PIF_of(access)).toEqual([tunnel])
      expect(await session.PIF.get_tunnel_transport_PIF_of(transport)).toEqual([tunnel])
      await session.tunnel.destroy(tunnel)
      expect(await session.PIF.get_tunnel_transport_PIF_of(transport)).toEqual([])
    })

    it('T3: create takes a PIF, a network and, if told, a protocol, and gives the tunnel; destroy takes it', async () => {
      const { session } = subject
      const { tunnel } = await create()
      expect(await session.tunnel.get_protocol(tunnel)).toBe('gre')
      await session.tunnel.destroy(tunnel)
      expect(await session.tunnel.get_all()).toEqual([])
      expect(await failure(session.tunnel.destroy(tunnel))).toEqual(['HANDLE_INVALID', 'tunnel', tunnel])
    })

    it('T4: every host tells its network back end', async () => {
      const hosts = await subject.session.host.get_all_records()
      expect([...hosts.values()].map(host => host.software_version.get('network_backend'))).toEqual([
        'openvswitch',
        'openvswitch',
      ])
    })

    it('T5: one transport, tunnel and access PIF a host, the access PIFs and the VIFs on one network', async () => {
      const { session } = subject
      const one = await create()
      const two = await create(undefined, 'eth0', at.host2)
      expect(new Set(await session.network.get_PIFs(network))).toEqual(new Set([one.access, two.access]))
      expect(await session.PIF.get_host(one.access)).toBe(at.host1)
      expect(await session.PIF.get_host(two.access)).toBe(at.host2)
    })

    it('T6: networks, tunnels, VIFs and the configuration of PIFs are made through XenAPI', async () => {
      const { session } = subject
      await session.PIF.reconfigure_ip(at.pif(at.host1, 'eth2'), 'Static', '198.18.9.1', '255.255.0.0', '', '')
      await create('gre', 'eth2')
      const vm = [...(await session.VM.get_all_records())].find(([, record]) => record.name_label === 'vm1')?.[0] ?? ''
      const vif = await session.VIF.create({
        device: '1',
        network,
        VM: vm,
        MAC: '02:00:00:00:00:01',
        MTU: 1500,
        other_config: new Map(),
        qos_algorithm_type: '',
        qos_algorithm_params: new Map(),
      })
      expect(await session.network.get_VIFs(network)).toEqual([vif])
      expect(await session.VM.get_VIFs(vm)).toContain(vif)
    })

    it('T10: OPENVSWITCH_NOT_ACTIVE where any host of the pool has another back end', async () => {
      const { db } = subject.fake
      const version = db.get('host', at.host2, 'software_version')
      db.set('host', at.host2, 'software_version', new Map([...version, ['network_backend', 'bridge']]))
      expect(await failure(create())).toEqual(['OPENVSWITCH_NOT_ACTIVE'])
      expect(await subject.session.tunnel.get_all()).toEqual([])
    })

    it('T11: IS_TUNNEL_ACCESS_PIF where the transport is itself an access PIF', async () => {
      const { access } = await create()
      const other = await at.network('other')
      expect(await failure(subject.session.tunnel.create(access, other))).toEqual(['IS_TUNNEL_ACCESS_PIF', access])
    })

    it('T12: the access PIF is new, linked, with a random MAC and no addresses', async () => {
      const { session } = subject
      const { tunnel, access } = await create()
      const record = await session.PIF.get_record(access)
      expect(record).toMatchObject({
        device: 'tunnel0',
        network,
        host: at.host1,
        physical: false,
        managed: true,
        VLAN: -1,
        ip_configuration_mode: 'None',
        IP: '',
        netmask: '',
        gateway: '',
        DNS: '',
        ipv6_configuration_mode: 'None',
        IPv6: [''],
        tunnel_access_PIF_of: [tunnel],
        metrics: await session.PIF.get_metrics(at.pif(at.host1, 'eth0')),
      })
      expect(record.MAC).toMatch(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/)
      const second = await session.tunnel.create(at.pif(at.host1, 'eth1'), await at.network('second'))
      expect((await session.PIF.get_record(await session.tunnel.get_access_PIF(second))).MAC).not.toBe(record.MAC)
    })

    it('T13: status:active starts as false', async () => {
      const { tunnel } = await create()
      expect(await subject.session.tunnel.get_status(tunnel)).toEqual(new Map([['active', 'false']]))
    })

    it('T14: create plugs the access PIF', async () => {
      const { access } = await create()
      expect(await subject.session.PIF.get_currently_attached(access)).toBe(true)
    })

    it('T15: destroy unplugs the access PIF, then both are gone', async () => {
      const { session } = subject
      const { tunnel, access } = await create()
      const bridge = await session.network.get_bridge(network)
      await session.tunnel.destroy(tunnel)
      expect(await failure(session.PIF.get_record(access))).toEqual(['HANDLE_INVALID', 'PIF', access])
      expect((await bridges(at.host1)).map(found => found.name)).not.toContain(bridge)
    })

    it('T16: TRANSPORT_PIF_NOT_CONFIGURED where the transport has no IP configuration, and the records stay', async () => {
      const { session } = subject
      const transport = at.pif(at.host1, 'eth2')
      expect(await failure(create('gre', 'eth2'))).toEqual(['TRANSPORT_PIF_NOT_CONFIGURED', transport])
      const [tunnel = ''] = await session.tunnel.get_all()
      const access = await session.tunnel.get_access_PIF(tunnel)
      expect(await session.PIF.get_currently_attached(access)).toBe(false)
      await session.PIF.reconfigure_ip(transport, 'Static', '198.18.9.1', '255.255.0.0', '', '')
      await session.PIF.plug(access)
      expect(await session.PIF.get_currently_attached(access)).toBe(true)
      expect(await session.PIF.get_currently_attached(transport)).toBe(true)
    })

    it('T17: plugging the access PIF makes a local bridge', async () => {
      await create()
      const name = await subject.session.network.get_bridge(network)
      expect((await bridges(at.host1)).map(bridge => bridge.name)).toContain(name)
      expect((await bridges(at.host2)).map(bridge => bridge.name)).not.toContain(name)
    })

    it('T18: nothing links that bridge to the physical interface or to another host', async () => {
      await create()
      await create(undefined, 'eth0', at.host2)
      const name = await subject.session.network.get_bridge(network)
      for (const host of [at.host1, at.host2]) {
        expect((await bridges(host)).find(bridge => bridge.name === name)?.ports ?? ['no such bridge']).toEqual([])
      }
    })

    it('T19: plugging again after unplugging attaches it again', async () => {
      const { session } = subject
      const { access } = await create()
      await session.PIF.unplug(access)
      expect(await session.PIF.get_currently_attached(access)).toBe(false)
      await session.PIF.plug(access)
      expect(await session.PIF.get_currently_attached(access)).toBe(true)
    })

    it('T20: unplugging an access PIF takes the local bridge away', async () => {
      const { session } = subject
      const { access } = await create()
      const name = await session.network.get_bridge(network)
      await session.PIF.unplug(access)
      expect((await bridges(at.host1)).map(bridge => bridge.name)).not.toContain(name)
    })

    it('T21: unplugging a transport unplugs its access PIFs first', async () => {
      const { session } = subject
      const { access } = await create('gre', 'eth1')
      await session.PIF.unplug(at.pif(at.host1, 'eth1'))
      expect(await session.PIF.get_currently_attached(access)).toBe(false)
      expect(await session.PIF.get_currently_attached(at.pif(at.host1, 'eth1'))).toBe(false)
    })

    it('T22: forgetting either end of a tunnel is PIF_TUNNEL_STILL_EXISTS', async () => {
      const transport = at.pif(at.host1, 'eth1')
      const { access } = await create('gre', 'eth1')
      for (const pif of [access, transport]) {
        expect(await failure(subject.session.PIF.forget(pif))).toEqual(['PIF_TUNNEL_STILL_EXISTS', pif])
      }
    })

    it('T23: a VLAN on an access PIF is IS_TUNNEL_ACCESS_PIF; a tunnel may stand on a VLAN', async () => {
      const { session } = subject
      const { access } = await create()
      expect(await failure(session.VLAN.create(access, 5, await at.network('vlan')))).toEqual([
        'IS_TUNNEL_ACCESS_PIF',
        access,
      ])
      const vlan = await session.VLAN.create(at.pif(at.host2, 'eth0'), 5, await at.network('tagged'))
      const untagged = await session.VLAN.get_untagged_PIF(vlan)
      await session.PIF.reconfigure_ip(untagged, 'Static', '198.18.9.2', '255.255.0.0', '', '')
      const tunnel = await session.tunnel.create(untagged, network)
      expect(await session.tunnel.get_transport_PIF(tunnel)).toBe(untagged)
    })

    it('T24: a member takes over the tunnels of the coordinator when it starts, unplugged', async () => {
      const { session, fake } = subject
      await create('vxlan')
      // What the hosts of a pool say to each other needs a session of theirs.
      const between = fake.db.create('session', { pool: true, is_local_superuser: true, this_host: at.host2 })
      for (let start = 0; start < 2; start++) {
        const answer = await fake.dispatch({
          method: 'host.sync_tunnels',
          params: [between, at.host2],
          origin: 'memory',
        })
        expect(answer).toMatchObject({ ok: true })
      }
      const tunnels = await session.tunnel.get_all_records()
      const theirs = [...tunnels.values()].filter(tunnel => tunnel.transport_PIF === at.pif(at.host2, 'eth0'))
      expect(theirs).toHaveLength(1)
      expect(theirs[0]).toMatchObject({ protocol: 'vxlan', status: new Map([['active', 'false']]) })
      expect(await session.PIF.get_currently_attached(theirs[0]?.access_PIF ?? '')).toBe(false)
    })

    it('T35: without a controller guests of one host reach each other, and those of another host do not', async () => {
      const { session, fake } = subject
      await create()
      await create(undefined, 'eth0', at.host2)
      const vms = await session.VM.get_all_records()
      const named = (name: string) => [...vms].find(([, vm]) => vm.name_label === name)?.[0] ?? ''
      for (const [vm, device] of [
        ['vm1', '1'],
        ['vm1', '2'],
        ['vm2', '1'],
      ] as const) {
        const vif = await session.VIF.create({
          device,
          network,
          VM: named(vm),
          MAC: '',
          MTU: 1500,
          other_config: new Map(),
          qos_algorithm_type: '',
          qos_algorithm_params: new Map(),
        })
        await session.VIF.plug(vif)
      }
      expect(await fake.control.reachable('vm1/1', 'vm1/2')).toMatchObject({ reachable: true })
      const bridge = await session.network.get_bridge(network)
      expect(await fake.control.reachable('vm1/1', 'vm2/1')).toMatchObject({
        reachable: false,
        reason: `no link between bridges ${bridge} on host1 and ${bridge} on host2`,
      })
    })
  })
