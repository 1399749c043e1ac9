import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import type { Database } from '../../../src/fake-host/database/index.ts'
import { BridgeNames } from '../../../src/fake-host/network/bridge-names.ts'
import { PifIndex } from '../../../src/fake-host/network/pif-index.ts'
import { addHost, addNetwork, addPif, addTunnel, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
let transport: Ref<'PIF'>

beforeEach(async () => {
  bench = await emptyPool()
  transport = addPif(bench)
})

const free = (): string => bench.pool.networks.pifs.tunnelDevices.free(bench.host)

describe('device names of tunnels', () => {
  it('are the smallest that are free, gaps first', () => {
    const tunnels = [0, 1, 2, 3].map(() => addTunnel(bench, transport))
    const device = (i: number) => bench.db.get('PIF', tunnels[i]?.pif ?? '', 'device')
    expect([0, 1, 2, 3].map(device)).toEqual(['tunnel0', 'tunnel1', 'tunnel2', 'tunnel3'])
    for (const i of [2, 1]) bench.db.destroy('PIF', tunnels[i]?.pif ?? '')
    const again = [0, 1, 2].map(() => bench.db.get('PIF', addTunnel(bench, transport).pif, 'device'))
    expect(again).toEqual(['tunnel1', 'tunnel2', 'tunnel4'])
  })

  it('are those of one host', () => {
    addTunnel(bench, transport)
    const elsewhere = addTunnel(bench, addPif(bench, { host: addHost(bench.db) }))
    expect(bench.db.get('PIF', elsewhere.pif, 'device')).toBe('tunnel0')
  })

  it('count access PIFs only, and a name twice as long as two have it', () => {
    addPif(bench, { device: 'tunnel0' })
    expect(free()).toBe('tunnel0')
    const twins = [addPif(bench, { device: 'tunnel0' }), addPif(bench, { device: 'tunnel0' })]
    for (const access_PIF of twins) bench.db.create('tunnel', { access_PIF, transport_PIF: transport })
    expect(free()).toBe('tunnel1')
    for (const [i, twin] of twins.entries()) {
      bench.db.destroy('PIF', twin)
      expect(free()).toBe(['tunnel1', 'tunnel0'][i])
    }
  })

  it('are found in a database that is there already', () => {
    const { pif } = addTunnel(bench, transport)
    const { tunnelDevices } = new PifIndex(bench.db)
    expect(tunnelDevices.free(bench.host)).toBe('tunnel1')
    expect([...tunnelDevices.accessPifs(bench.host)]).toEqual([pif])
  })

  it('are free again when the tunnel alone goes', () => {
    const { tunnel } = addTunnel(bench, transport)
    bench.db.destroy('tunnel', tunnel)
    expect(free()).toBe('tunnel0')
  })
})

describe('the PIFs of a host that have addresses', () => {
  const naive = (db: Database, host: Ref<'host'>): Ref<'PIF'>[] =>
    db.refs('PIF').filter(pif => {
      const {
        ip_configuration_mode: v4,
        ipv6_configuration_mode: v6,
        management,
        host: its,
      } = Object.fromEntries(db.record('PIF', pif))
      return its === host && (v4 !== 'None' || v6 !== 'None' || management === true)
    })

  it('are known after any changes', () => {
    const { db } = bench
    const hosts = [bench.host, addHost(db)]
    const { pifs } = bench.pool.networks
    const mode = fc.constantFrom('None', 'DHCP', 'Static')
    const change = fc.oneof(
      fc.record({ field: fc.constant('ip_configuration_mode'), value: mode }),
      fc.record({ field: fc.constant('ipv6_configuration_mode'), value: mode }),
      fc.record({ field: fc.constant('management'), value: fc.boolean() }),
      fc.record({ field: fc.constant('host'), value: fc.constantFrom(...hosts) }),
      fc.record({ field: fc.constant('create'), value: mode }),
      fc.record({ field: fc.constant('destroy'), value: mode }),
    )
    const apply = ({ field, value }: { field: string; value: string | boolean }, which: number): void => {
      const all = db.refs('PIF')
      const pif = all[which % all.length]
      if (field === 'create' || pif === undefined)
        addPif(bench, { ip_configuration_mode: value === 'DHCP' ? 'DHCP' : 'None' })
      else if (field === 'destroy') db.destroy('PIF', pif)
      else db.write('PIF', pif, field, value)
    }
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.nat(20)), { maxLength: 40 }), changes => {
        for (const [one, which] of changes) apply(one, which)
        for (const host of hosts) {
          expect(pifs.addressed(host)).toEqual(naive(db, host))
          expect(new PifIndex(db).addressed(host)).toEqual(naive(db, host))
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('bridge names', () => {
  it('are in use as long as one network has them', () => {
    const { db } = bench
    const names = new BridgeNames(db)
    const networks = [addNetwork(bench, { bridge: 'b' }), addNetwork(bench, { bridge: 'b' })]
    for (const network of networks) {
      expect(names.has('b')).toBe(true)
      db.destroy('network', network)
    }
    expect(names.has('b')).toBe(false)
    const network = addNetwork(bench, { bridge: 'b' })
    db.set('network', network, 'bridge', 'c')
    expect([names.has('b'), names.has('c')]).toEqual([false, true])
  })

  it('are counted for the life of the process', () => {
    const names = new BridgeNames(bench.db)
    expect([names.next(), names.next()]).toEqual(['xapi1', 'xapi2']) // xapi0 is the fixtures'
    expect(new BridgeNames(bench.db).next()).toBe('xapi1')
  })
})
