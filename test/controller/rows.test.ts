import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { describeUnless } from '../ovs-lab/index.ts'
import { type Ground, type GroundHost, grounds } from './grounds.ts'
import { eventually, type Span } from './running.ts'
import type { Running } from './start.ts'

// Each waits several times for what a loaded machine may take long to do.
vi.setConfig({ testTimeout: 90_000 })

/** The least that a controller's own login needs, where the status of tunnels is reserved for it. */
const OPTIONS = {
  users: [{ username: 'controller', password: 'secret', roles: ['pool-operator'] }],
  statusOwner: { user: 'controller' },
}

for (const { title, trouble, start } of grounds) {
  describeUnless(trouble, `a controller of ${title} (docs/spec/tunnelling-design.md)`, () => {
    let ground: Ground
    let running: Running
    let span: Span

    beforeAll(async () => {
      ground = await start(OPTIONS)
      running = await ground.control()
      span = await ground.span('red', 'gre')
    })
    afterAll(() => ground?.[Symbol.asyncDispose]())

    const statusesOf = ({ tunnels }: Span) =>
      Promise.all(tunnels.map(async tunnel => Object.fromEntries(await ground.session.tunnel.get_status(tunnel))))
    const planOf = ({ uuid }: Span) => running.controller.reconciler.plans.get(uuid)
    const at = (host: GroundHost) => ground.hosts.indexOf(host)
    const tunnelOf = (host: GroundHost) => span.tunnels[at(host)] ?? ''

    /** The centre of a network, and its spokes. */
    function star(network: Span): { readonly centre: GroundHost; readonly spokes: readonly GroundHost[] } {
      const uuid = planOf(network)?.centre
      const centre = ground.hosts.find(host => host.uuid === uuid)
      if (!centre) throw new Error('no centre')
      return { centre, spokes: ground.hosts.filter(host => host !== centre) }
    }

    const linked = (network: Span) =>
      eventually(async () => {
        expect(planOf(network)?.links.map(({ state }) => state)).toEqual(['up', 'up'])
        for (const status of await statusesOf(network)) {
          expect(status).toMatchObject({ active: 'true', key: expect.anything() })
        }
      })
    beforeEach(async ({ onTestFailed }) => {
      const from = running.lines.length
      onTestFailed(() => void process.stderr.write(running.lines.slice(from).join('')))
      await linked(span)
    })

    /** Every status that the tunnels of the pool have from now on, and what it is in the end. */
    function history(): Readonly<Record<string, string>>[] {
      const { db } = ground.fake
      const said: Readonly<Record<string, string>>[] = []
      onTestFinished(
        db.onChange(change => {
          if (change.class !== 'tunnel' || change.kind === 'destroy') return
          said.push(Object.fromEntries(db.get('tunnel', change.ref, 'status')))
        }),
      )
      return said
    }

    async function without(network: Span): Promise<void> {
      for (const tunnel of network.tunnels) await ground.session.tunnel.destroy(tunnel)
      await ground.session.network.destroy(network.network)
    }

    it('T7: the status of tunnels is the controller’s alone, whose role need not be more than pool-operator', async () => {
      const tunnel = span.tunnels[0] ?? ''
      const before = await ground.session.tunnel.get_status(tunnel)
      for (const write of [
        ground.session.tunnel.set_status(tunnel, new Map([['active', 'false']])),
        ground.session.tunnel.add_to_status(tunnel, 'colour', 'blue'),
        ground.session.tunnel.remove_from_status(tunnel, 'key'),
      ]) {
        await expect(write).rejects.toMatchObject({ code: 'RBAC_PERMISSION_DENIED' })
      }
      expect(await ground.session.tunnel.get_status(tunnel)).toEqual(before)
    })

    it('T8, T33: the controller chooses the key, and says it together with active=true', async () => {
      const said = history()
      const other = await ground.span('blue', 'gre')
      await linked(other)
      expect(said.length).toBeGreaterThan(0)
      for (const status of said) expect([status, status.active === 'true']).toEqual([status, 'key' in status])
      const key = (network: Span) => statusesOf(network).then(([status]) => status?.key)
      expect(await key(other)).not.toBe(await key(span))
      await without(other)
    })

    it('T9, T32: a tunnel that cannot be set up is inactive, with an error that goes when the reason goes', async () => {
      const [host] = star(span).spokes
      if (!host) throw new Error('no spoke')
      const scenario = await ground.fake.control.scenario('transport-lost-address', { host: host.name })
      await eventually(async () => {
        const status = (await statusesOf(span))[at(host)]
        expect(status).toMatchObject({ active: 'false', error: 'NO_TRANSPORT_IP' })
        expect(status).not.toHaveProperty('key')
      })
      await scenario.undo()
      await linked(span)
      expect((await statusesOf(span))[at(host)]).not.toHaveProperty('error')
    })

    it('T26: it finds the tunnels that are there when it starts, and hears of those that come', async () => {
      await running.stop()
      const early = await ground.span('early', 'gre')
      running = await ground.control()
      await linked(early)
      const late = await ground.span('late', 'vxlan')
      await linked(late)
      await without(early)
      await without(late)
    })

    it('T27, T29: the bridges of a network are linked with that of one host, all with one key, by GRE and by VXLAN', async () => {
      const other = await ground.span('green', 'vxlan')
      await linked(other)
      for (const [network, type] of [
        [span, 'gre'],
        [other, 'vxlan'],
      ] as const) {
        const bridge = await ground.session.network.get_bridge(network.network)
        const { centre, spokes } = star(network)
        const { key } = (await statusesOf(network))[0] ?? {}
        const on = async (host: GroundHost) => (await ground.ports(host)).filter(port => port.bridge === bridge)
        const port = { bridge, type, key }
        expect(await on(centre)).toEqual([port, port])
        for (const spoke of spokes) expect(await on(spoke)).toEqual([port])
      }
      await without(other)
    })

    it('T28: when the host in the middle goes down another one takes its place', async () => {
      const spare = ground.hosts[2]
      if (!spare) throw new Error('three hosts are needed')
      // Not the coordinator, without which nobody would know of anything.
      const { network } = ground.session
      await network.add_to_other_config(span.network, 'xe-tunnel-centre', spare.uuid)
      onTestFinished(() => network.remove_from_other_config(span.network, 'xe-tunnel-centre'))
      await eventually(() => expect(star(span).centre).toBe(spare))
      await linked(span)
      const boot = await ground.crash(spare)
      await eventually(async () => {
        expect(star(span).centre).not.toBe(spare)
        const statuses = await statusesOf(span)
        expect(statuses[at(spare)]).toMatchObject({ active: 'false', error: 'HOST_DEAD' })
        for (const host of star(span).spokes.filter(other => other !== spare)) {
          expect(statuses[at(host)]).toMatchObject({ active: 'true' })
        }
      })
      await boot()
      await linked(span)
    })

    it('T30, T34: a bridge that goes takes its ports and its key along, and is replaced in the middle', async () => {
      const { session } = ground
      const { centre, spokes } = star(span)
      const said = history()
      const access = await session.tunnel.get_access_PIF(tunnelOf(centre))
      await session.PIF.unplug(access)
      await eventually(async () => {
        expect(spokes).toContain(star(span).centre)
        const statuses = await statusesOf(span)
        expect(statuses[at(centre)]).toMatchObject({ active: 'false' })
        expect(statuses[at(centre)]).not.toHaveProperty('key')
        for (const spoke of spokes) expect(statuses[at(spoke)]).toMatchObject({ active: 'true' })
        expect(await ground.ports(centre)).toEqual([])
      })
      for (const status of said) expect([status, status.active === 'true']).toEqual([status, 'key' in status])
      await session.PIF.plug(access)
      await linked(span)
      for (const host of ground.hosts) await session.PIF.unplug(await session.tunnel.get_access_PIF(tunnelOf(host)))
      await eventually(async () => {
        for (const host of ground.hosts) expect(await ground.ports(host)).toEqual([])
        for (const status of await statusesOf(span)) expect(status).toMatchObject({ active: 'false' })
      })
      for (const host of ground.hosts) await session.PIF.plug(await session.tunnel.get_access_PIF(tunnelOf(host)))
    })

    it('T31: active is true for links that are up, and false for broken ones', async () => {
      const { centre, spokes } = star(span)
      const [cutOff, other] = spokes
      if (!cutOff || !other) throw new Error('two spokes are needed')
      const mend = await ground.cut(cutOff)
      await eventually(async () => {
        const statuses = await statusesOf(span)
        expect(statuses[at(cutOff)]).toMatchObject({ active: 'false', error: 'PEER_DOWN' })
        for (const host of [centre, other]) expect(statuses[at(host)]).toMatchObject({ active: 'true' })
      })
      expect(star(span).centre).toBe(centre)
      await mend()
      await linked(span)
    })
  })
}
