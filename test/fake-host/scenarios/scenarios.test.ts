import { describe, expect, it } from 'vitest'
import { nic, tunnelPool } from '../fabric/pool.ts'

const far = async (pool: Awaited<ReturnType<typeof tunnelPool>>) => pool.host.control.reachable('vm1/1', 'vm2/1')
const bfd = async (pool: Awaited<ReturnType<typeof tunnelPool>>, host: string, port: string) =>
  (await pool.port(host, port))?.bfd_status.get('state')

/** Two hosts that are linked. */
async function linked() {
  const pool = await tunnelPool()
  await pool.join('host1', 'host2')
  expect((await far(pool)).reachable).toBe(true)
  return pool
}

describe('a scenario', () => {
  it('transport-lost-address: takes the address of a transport, and gives it back', async () => {
    const pool = await linked()
    const { host } = pool
    await using _ = host
    const scenario = await host.control.scenario('transport-lost-address', { host: 'host2' })
    const pif = nic(host, host.hosts.get('host2').ref, 'eth0')
    expect(host.db.get('PIF', pif, 'IP')).toBe('')
    expect((await far(pool)).reason).toContain('no host has the address 198.18.0.12')
    expect(await bfd(pool, 'host1', 'to-host2')).toBe('down')
    expect(host.control.scenarios.map(({ name }) => name)).toEqual(['transport-lost-address'])
    await scenario.undo()
    expect(host.db.get('PIF', pif, 'IP')).toBe('198.18.0.12')
    expect(await bfd(pool, 'host1', 'to-host2')).toBe('up')
    expect(host.control.scenarios).toEqual([])
  })

  it('host-dies: cuts the power of a host, and lets it boot', async () => {
    const pool = await linked()
    const { host } = pool
    await using _ = host
    const scenario = await host.control.scenario('host-dies', { host: 'host2', unnoticed: 'true' })
    expect(host.hosts.get('host2').running).toBe(false)
    expect((await far(pool)).reason).toContain('host2 does not run')
    expect(await bfd(pool, 'host1', 'to-host2')).toBe('down')
    await scenario.undo()
    expect(host.hosts.get('host2').running).toBe(true)
  })

  it('switch-crashes: stops frames and what needs the switch, while its database says what it said', async () => {
    const pool = await linked()
    const { host, answer, session } = pool
    await using _ = host
    const before = await host.control.switchState('host2')
    const scenario = await host.control.scenario('switch-crashes', { host: 'host2' })
    expect(await bfd(pool, 'host2', 'to-host1')).toBe('up')
    expect(await bfd(pool, 'host1', 'to-host2')).toBe('down')
    expect((await far(pool)).reason).toContain('the switch of host2 has stopped')
    const plugged = await answer('PIF.plug', session, nic(host, host.hosts.get('host2').ref, 'eth0'))
    expect(plugged).toMatchObject({
      ok: false,
      error: ['PIF_CONFIGURATION_ERROR', expect.anything(), expect.anything()],
    })
    const { cur_cfg, next_cfg } = await host.control.switchState('host2')
    expect(cur_cfg).toBe(before.cur_cfg)
    expect(next_cfg).toBeGreaterThan(cur_cfg)
    await scenario.undo()
    expect(await bfd(pool, 'host1', 'to-host2')).toBe('up')
    expect((await far(pool)).reachable).toBe(true)
  })

  it('network-partition: cuts the wires between two sides', async () => {
    const pool = await tunnelPool('gre', { hosts: 3 })
    const { host, join } = pool
    await using _ = host
    await join('host1', 'host2')
    await join('host1', 'host3')
    const scenario = await host.control.scenario('network-partition', { side: 'host1,host3' })
    expect((await far(pool)).reason).toContain('the wires between host1 and host2 are cut')
    expect((await host.control.reachable('vm1/0', 'vm2/0')).reachable).toBe(false)
    expect((await host.control.reachable('vm1/1', 'vm3/1')).reachable).toBe(true)
    await scenario.undo()
    expect((await far(pool)).reachable).toBe(true)
  })

  it('pif-cable-pulled: a card has no carrier', async () => {
    const pool = await linked()
    const { host } = pool
    await using _ = host
    const pif = nic(host, host.hosts.get('host2').ref, 'eth0')
    const carrier = () => host.db.get('PIF_metrics', host.db.get('PIF', pif, 'metrics'), 'carrier')
    const scenario = await host.control.scenario('pif-cable-pulled', { host: 'host2', device: 'eth0' })
    expect(carrier()).toBe(false)
    expect((await far(pool)).reason).toContain('eth0 of host2 has no cable')
    expect((await host.control.reachable('vm1/0', 'vm2/0')).reason).toContain('eth0 of host2 has no cable')
    await scenario.undo()
    expect(carrier()).toBe(true)
    expect((await far(pool)).reachable).toBe(true)
  })

  it('is refused where it makes no sense, and says why', async () => {
    const { host } = await tunnelPool()
    await using _ = host
    const begin = (name: string, parameters: Record<string, string> = {}) => host.control.scenario(name, parameters)
    await expect(begin('earthquake')).rejects.toThrow(
      'there is no scenario "earthquake"; there are transport-lost-address',
    )
    await expect(begin('host-dies')).rejects.toThrow('the scenario needs host')
    await expect(begin('host-dies', { side: 'host1' })).rejects.toThrow('has no parameter "side"')
    await expect(begin('network-partition', { side: 'host1,host2' })).rejects.toThrow('no host is left')
    await expect(begin('pif-cable-pulled', { host: 'host1', device: 'eth9' })).rejects.toThrow('no physical PIF eth9')
    await begin('switch-crashes', { host: 'host1' })
    await expect(begin('switch-crashes', { host: 'host1' })).rejects.toThrow('has stopped already')
    await expect(host.control.undoScenario('none')).rejects.toThrow('no scenario "none" is under way')
  })

  it('ends with a reset of the pool', async () => {
    const pool = await linked()
    const { host } = pool
    await using _ = host
    await host.control.scenario('network-partition', { side: 'host1' })
    await host.control.scenario('switch-crashes', { host: 'host1' })
    await host.control.reset()
    expect(host.control.scenarios).toEqual([])
    expect((await host.control.reachable('vm1/0', 'vm2/0')).reachable).toBe(true)
  })
})
