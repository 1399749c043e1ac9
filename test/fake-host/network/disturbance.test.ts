import { beforeEach, describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import { Networks } from '../../../src/fake-host/network/index.ts'
import { addHost, addPif, addTunnel, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let pif: Ref<'PIF'>
const plug = (which = pif) => bench.answer('PIF.plug', which)
const attached = (): boolean => bench.db.get('PIF', pif, 'currently_attached')

beforeEach(async () => {
  bench = await emptyPool()
  pif = addPif(bench)
})

describe('a daemon that fails', () => {
  it('as a script tells which, and how it ended', async () => {
    bench.pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'script' } })
    const text = 'script error [script = ovs-vsctl, code = 1]'
    expect(await plug()).toEqual({ ok: false, error: ['PIF_CONFIGURATION_ERROR', pif, text] })
    expect(attached()).toBe(false)
  })

  it('over a VLAN tells the device and the tag', async () => {
    bench.pool.networks.disturb({ fail: { call: 'Interface.make_config', kind: 'vlan_in_use' } })
    expect(await plug()).toEqual({ ok: false, error: ['VLAN_IN_USE', 'eth0', '10'] })
  })

  it('in another way tells nothing', async () => {
    bench.pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text', text: 'boom' } })
    expect(await plug()).toEqual({ ok: false, error: ['PIF_CONFIGURATION_ERROR', pif, ''] })
  })

  it('works again when told so', async () => {
    bench.pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text' } })
    await plug()
    bench.pool.networks.disturb({ fail: undefined })
    expect(await plug()).toMatchObject({ ok: true })
    expect(attached()).toBe(true)
  })

  it('may be that of one host alone', async () => {
    const other = addPif(bench, { host: addHost(bench.db) })
    bench.pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text' } }, bench.host)
    expect(await plug()).toMatchObject({ ok: false })
    expect(await plug(other)).toMatchObject({ ok: true })
  })

  it('to tell the MTU is of no consequence', async () => {
    bench.pool.networks.disturb({ fail: { call: 'Interface.get_mtu', kind: 'text' } })
    bench.db.set('PIF', pif, 'MTU', -1)
    expect(await plug()).toMatchObject({ ok: true })
    expect(bench.db.get('PIF', pif, 'MTU')).toBe(-1)
  })

  it('to destroy a bridge leaves the PIF attached', async () => {
    await plug()
    bench.pool.networks.disturb({ fail: { call: 'Bridge.destroy', kind: 'text' } })
    expect(await bench.error('PIF.unplug', pif)).toEqual(['PIF_CONFIGURATION_ERROR', pif, ''])
    expect(attached()).toBe(true)
  })

  it('to open the firewall leaves the PIF attached; to close it, detached', async () => {
    bench.db.set('PIF', pif, 'ip_configuration_mode', 'DHCP')
    pif = addTunnel(bench, pif, 'vxlan').pif
    bench.pool.networks.disturb({ fail: { call: 'FIREWALL', kind: 'text', text: 'no iptables' } })
    expect(await plug()).toEqual({ ok: false, error: ['INTERNAL_ERROR', 'no iptables'] })
    expect(attached()).toBe(true)
    expect(await bench.error('PIF.unplug', pif)).toEqual(['PIF_CONFIGURATION_ERROR', pif, ''])
    expect(attached()).toBe(false)
  })
})

describe('a daemon that is slow', () => {
  it('takes its time for each call, and other plugs wait for it', async () => {
    const naps: number[] = []
    const wake: (() => void)[] = []
    const sleep = (milliseconds: number) => {
      naps.push(milliseconds)
      return new Promise<void>(resolve => wake.push(resolve))
    }
    const networks = new Networks(bench.db, { sleep })
    networks.disturb({ delay_ms: 400 })
    const log: string[] = []
    const { run } = networks.of(bench.host)
    const first = run(async daemon => {
      await daemon.set_gateway_interface('xenbr0')
      await daemon.set_dns_interface('xenbr0')
      log.push('first')
    })
    const second = run(async () => {
      log.push('second')
    })
    while (log.length === 0) {
      await Promise.resolve()
      wake.pop()?.()
    }
    await Promise.all([first, second])
    expect(log).toEqual(['first', 'second'])
    expect(naps).toEqual([400, 400])
  })
})

describe('the daemon of a host that came later', () => {
  it('is as disturbed as those of the pool', async () => {
    bench.pool.networks.disturb({ fail: { call: 'Bridge.make_config', kind: 'text' } })
    expect(await plug(addPif(bench, { host: addHost(bench.db) }))).toMatchObject({ ok: false })
  })
})
