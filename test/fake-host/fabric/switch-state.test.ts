import { describe, expect, it } from 'vitest'
import { nic, tunnelPool } from './pool.ts'

describe('the switch of a host', () => {
  it('has the bridges that its daemon made, with ports in the words of Open vSwitch', async () => {
    const { host, bridge } = await tunnelPool()
    await using _ = host
    const { bridges, cur_cfg, next_cfg } = await host.control.switchState('host2')
    expect(bridges.map(({ name }) => name).sort()).toEqual([bridge, 'xenbr0', 'xenbr1'].sort())
    expect(bridges.find(({ name }) => name === 'xenbr0')?.ports.map(({ name }) => name)).toContain('eth0')
    expect(cur_cfg).toBe(next_cfg)
  })

  it('takes tunnel ports from outside, whose BFD is up once both ends point at each other with one key', async () => {
    const { host, link, port } = await tunnelPool()
    await using _ = host
    await link('host1', 'host2')
    expect((await port('host1', 'to-host2'))?.bfd_status.get('state')).toBe('down')
    await link('host2', 'host1', {
      options: new Map([
        ['remote_ip', '198.18.0.11'],
        ['key', '6'],
      ]),
    })
    expect((await port('host1', 'to-host2'))?.bfd_status.get('state')).toBe('down')
    await host.control.editSwitch('host2', [
      {
        op: 'set-port',
        port: 'to-host1',
        options: new Map([
          ['remote_ip', '198.18.0.11'],
          ['key', '5'],
        ]),
      },
    ])
    for (const [name, far] of [
      ['host1', 'host2'],
      ['host2', 'host1'],
    ] as const) {
      expect((await port(name, `to-${far}`))?.bfd_status.get('state')).toBe('up')
    }
    expect((await port('host1', 'to-host2'))?.status.get('tunnel_egress_iface')).toBe('xenbr0')
  })

  it('says in the words of the switch why it cannot make a port', async () => {
    const { host, link, port } = await tunnelPool()
    await using _ = host
    await link('host1', 'host2', { port: 'nowhere', options: new Map() })
    await link('host1', 'host2', { port: 'name', options: new Map([['remote_ip', 'host2']]) })
    await link('host1', 'host2')
    await link('host1', 'host2', { port: 'twin' })
    expect(await port('host1', 'nowhere')).toMatchObject({
      ofport: -1,
      error: expect.stringContaining('requires valid'),
    })
    expect(await port('host1', 'name')).toMatchObject({ ofport: -1, error: expect.stringContaining('bad gre') })
    expect(await port('host1', 'twin')).toMatchObject({ ofport: -1, error: expect.stringContaining('File exists') })
    expect((await port('host1', 'to-host2'))?.ofport).toBeGreaterThan(0)
  })

  it('makes all changes of a request or none, and lets nobody touch what is not a tunnel', async () => {
    const { host, link, port, bridge } = await tunnelPool()
    await using _ = host
    await link('host1', 'host2')
    const del = { op: 'del-port', port: 'to-host2' } as const
    const before = await host.control.switchState('host1')
    for (const edit of [
      { op: 'del-port', port: 'eth0' } as const,
      { op: 'del-port', port: 'unknown' } as const,
      { op: 'add-port', bridge: 'xapi99', port: 'x', type: 'gre' } as const,
      { op: 'add-port', bridge, port: 'eth0', type: 'gre' } as const,
    ]) {
      await expect(host.control.editSwitch('host1', [del, edit])).rejects.toMatchObject({ name: 'FakeHostError' })
    }
    expect((await host.control.switchState('host1')).bridges).toEqual(before.bridges)
    await host.control.editSwitch('host1', [del])
    expect(await port('host1', 'to-host2')).toBeUndefined()
  })

  it('loses tunnel ports with the bridge, and all that is not persistent when the host boots', async () => {
    const { host, link, port, call, bridge } = await tunnelPool()
    await using _ = host
    await link('host2', 'host1')
    const vifs = host.db.refs('VIF').filter(vif => host.db.get('VIF', vif, 'device') === '1')
    for (const vif of vifs) await call('VIF.unplug', vif)
    const { ref } = host.hosts.get('host2')
    const access = host.db.get('host', ref, 'PIFs').find(pif => host.db.get('PIF', pif, 'device') === 'tunnel0') ?? ''
    await call('PIF.unplug', access)
    expect(await port('host2', 'to-host1')).toBeUndefined()
    await call('PIF.plug', access)
    await link('host2', 'host1')
    await host.control.stopHost('host2')
    await expect(host.control.switchState('host2')).rejects.toThrow('host2 does not run')
    await host.control.startHost('host2')
    const { bridges } = await host.control.switchState('host2')
    expect(bridges.map(({ name }) => name)).not.toContain(bridge)
  })

  it('opens VXLAN only where UDP 4789 is open', async () => {
    const { host, join, port } = await tunnelPool('vxlan')
    await using _ = host
    await join('host1', 'host2')
    expect((await port('host1', 'to-host2'))?.bfd_status.get('state')).toBe('up')
    const { ref } = host.hosts.get('host2')
    await host.pool.networks.of(ref).run(daemon => daemon.FIREWALL('vxlan', false))
    expect((await port('host1', 'to-host2'))?.bfd_status.get('state')).toBe('down')
  })

  it('tells of a change as soon as there is one', async () => {
    const { host, join } = await tunnelPool()
    await using _ = host
    await join('host1', 'host2')
    const { version } = await host.control.switchState('host1')
    const { signal } = new AbortController()
    const next = host.control.switchState('host1', { after: version, timeoutMs: 20_000, signal })
    host.db.set('PIF', nic(host, host.hosts.get('host2').ref, 'eth0'), 'IP', '')
    const state = await next
    expect(state.version).not.toBe(version)
    const states = state.bridges.flatMap(({ ports }) => ports).map(port => port.bfd_status.get('state'))
    expect(states).toContain('down')
    const same = await host.control.switchState('host1', { after: state.version, timeoutMs: 1, signal })
    expect(same.version).toBe(state.version)
  })
})
