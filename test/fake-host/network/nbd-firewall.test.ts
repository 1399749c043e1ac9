import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import { DaemonError } from '../../../src/fake-host/network/daemon.ts'
import { keepNbdFirewall, PurposedNetworks } from '../../../src/fake-host/network/nbd-firewall.ts'
import { Networks } from '../../../src/fake-host/network/networks.ts'
import { addHost, addNetwork, addPif, type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench

beforeEach(async () => {
  bench = await emptyPool()
})

/** A firewall that can be broken. */
function firewall() {
  const { db, host } = bench
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  let broken = false
  let failed = false
  let applied: string[][] = []
  let attempts = 0
  let retry = (): void => {}
  const begin = () =>
    keepNbdFirewall({
      db,
      host,
      networks: new PurposedNetworks(db),
      signal: ending.signal,
      async apply(bridges) {
        attempts++
        failed = broken
        if (broken) throw new DaemonError('the firewall is broken')
        applied.push([...bridges])
      },
      pause: () =>
        failed
          ? new Promise<void>(resolve => {
              retry = resolve
            })
          : Promise.resolve(),
    })
  return {
    begin,
    break() {
      broken = true
    },
    mend() {
      broken = false
      retry()
    },
    /** What was applied since this was asked last, once everything that has to happen has happened. */
    async applied(): Promise<string[][]> {
      for (let i = 0; i < 5; i++) await setImmediate()
      const result = applied
      applied = []
      return result
    },
    get attempts() {
      return attempts
    },
    end: () => ending.abort(),
  }
}

// Numbers are those of docs/spec/networking-conformance-cases.md F.
describe('the firewall of a host for NBD', () => {
  it.each([
    [67, 'from before networks have a purpose', 0],
    [68, 'from when networks have a purpose', 2],
  ])('%i: follows the purposes of its networks %s', async (_n, _when, beginsBefore) => {
    const { db, host } = bench
    const other = addHost(db)
    const loop = firewall()
    const network = (bridge: string, purpose: 'nbd'[] = []) => addNetwork(bench, { bridge, purpose })
    const on = (ref: Ref<'network'>, owner = host) => addPif(bench, { network: ref, host: owner })
    const steps = {
      async applies(...bridges: string[]) {
        expect(await loop.applied()).toEqual([bridges])
      },
      async nothing() {
        expect(await loop.applied()).toEqual([])
      },
    }
    const b1 = network('bridge1')
    if (beginsBefore === 0) {
      void loop.begin()
      await steps.applies()
    }
    db.set('network', b1, 'purpose', ['nbd'])
    await steps.nothing()
    const first = on(b1)
    if (beginsBefore === 2) void loop.begin()
    await steps.applies('bridge1')
    on(b1)
    await steps.nothing()
    db.set('network', b1, 'name_description', 'changed')
    await steps.nothing()
    loop.break()
    const b2 = network('bridge2', ['nbd'])
    await steps.nothing()
    const attempts = loop.attempts
    on(b2)
    await steps.nothing()
    expect(loop.attempts).toBe(attempts + 1)
    loop.mend()
    await steps.applies('bridge1', 'bridge2')
    const b3 = network('bridge3', ['nbd'])
    await steps.nothing()
    for (let i = 0; i < 2; i++) {
      on(b3, other)
      await steps.nothing()
    }
    const third = on(b3)
    await steps.applies('bridge1', 'bridge2', 'bridge3')
    db.destroy('PIF', first)
    await steps.nothing()
    db.destroy('network', b1)
    await steps.applies('bridge2', 'bridge3')
    db.destroy('PIF', third)
    await steps.applies('bridge2')
    loop.break()
    db.destroy('network', b2)
    await steps.nothing()
    loop.mend()
    await steps.applies()
    const b4 = network('bridge4')
    await steps.nothing()
    on(b4)
    await steps.nothing()
    db.set('network', b4, 'purpose', ['nbd'])
    await steps.applies('bridge4')
    db.set('network', b4, 'purpose', [])
    await steps.applies()
    db.set('network', b4, 'purpose', ['insecure_nbd'])
    await steps.applies('bridge4')
  })

  it('ends with the toolstack, whatever it waits for', async () => {
    const loop = firewall()
    const ended = loop.begin()
    await loop.applied()
    loop.end()
    await ended
  })

  it('is seen on the host, and anew after a restart', async () => {
    const { db, host } = bench
    const network = addNetwork(bench, { bridge: 'xenbr0', purpose: ['nbd'] })
    addPif(bench, { network })
    const ending = new AbortController()
    onTestFinished(() => ending.abort())
    const networks = new Networks(db, { pause: () => Promise.resolve(), signal: ending.signal })
    const nbd = async () => {
      for (let i = 0; i < 5; i++) await setImmediate()
      return (await networks.of(host).backend.firewall()).nbd
    }
    expect(await nbd()).toEqual(['xenbr0'])
    db.set('network', network, 'purpose', [])
    expect(await nbd()).toEqual([])
    db.set('network', network, 'purpose', ['insecure_nbd'])
    await networks.reboot(host)
    expect(await nbd()).toEqual(['xenbr0'])
    networks.restart()
    expect(await nbd()).toEqual(['xenbr0'])
    ending.abort()
    db.set('network', network, 'purpose', [])
    expect(await nbd()).toEqual(['xenbr0'])
  })
})
