import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeUnless, noSwitch } from '../../ovs-lab/index.ts'
import { eventually } from '../running.ts'
import { type Lab, type LabHost, type Span, startLab } from './lab.ts'

describeUnless(noSwitch, 'a controller of real switches, on the dummy datapath', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await startLab()
  })
  afterEach(() => lab[Symbol.asyncDispose]())

  const statuses = ({ tunnels }: Span) => Promise.all(tunnels.map(tunnel => lab.statusOf(tunnel)))

  const allActive = (span: Span) =>
    eventually(async () => {
      for (const status of await statuses(span))
        expect(status).toMatchObject({ active: 'true', key: expect.anything() })
    })

  /** Both ends of all links are up, which is what a tunnel of a host alone does not say. */
  const allLinked = async (span: Span, { controller }: Awaited<ReturnType<Lab['control']>>) => {
    await eventually(() => {
      const links = controller.reconciler.plans.get(span.uuid)?.links ?? []
      expect(links.map(({ state }) => state)).toEqual(['up', 'up'])
    })
    await allActive(span)
  }

  const columns = (host: LabHost, ...names: string[]) =>
    host.its.vsctl('--format=csv', '--no-headings', `--columns=${names.join(',')}`, 'list', 'interface')

  const tunnelPorts = async (host: LabHost) =>
    (await columns(host, 'name', 'type'))
      .split('\n')
      .flatMap(line => /^"?(\w+)"?,"?(?:gre|vxlan)"?$/.exec(line)?.[1] ?? [])

  const centreOf = (span: Span, { controller }: Awaited<ReturnType<Lab['control']>>): LabHost => {
    const centre = controller.reconciler.plans.get(span.uuid)?.centre
    const host = lab.hosts.find(({ uuid }) => uuid === centre)
    if (!host) throw new Error('no centre')
    return host
  }

  it.each(['gre', 'vxlan'] as const)(
    'T29, T33, sentences 6, 16, 27, 28: a broadcast reaches each host of a %s network once',
    async protocol => {
      const running = await lab.control()
      const span = await lab.span('red', protocol)
      await allLinked(span, running)
      expect(new Set((await statuses(span)).map(({ key }) => key)).size).toBe(1)
      for (const host of lab.hosts) {
        const before = lab.frames(span)
        await lab.broadcast(host, span)
        const expected = lab.hosts.map((other, at) => (before[at] ?? 0) + (other === host ? 0 : 1))
        await eventually(() => expect(lab.frames(span)).toEqual(expected))
      }
    },
  )

  it('sentence 7: no frame of one network comes out in another one', async () => {
    const running = await lab.control()
    const [red, blue] = [await lab.span('red'), await lab.span('blue')]
    await allLinked(red, running)
    await allLinked(blue, running)
    const [first] = lab.hosts
    if (!first) throw new Error('no host')
    await lab.broadcast(first, red)
    await eventually(() => expect(lab.frames(red)).toEqual([0, 1, 1]))
    expect(lab.frames(blue)).toEqual([0, 0, 0])
  })

  it('sentences 35, 36, 45: another controller finds everything as it was, and writes not a single row', async () => {
    const first = await lab.control()
    const span = await lab.span('red')
    await allLinked(span, first)
    const look = () => Promise.all(lab.hosts.map(host => columns(host, '_uuid', 'name', 'ofport', 'options', 'bfd')))
    const flaps = () => Promise.all(lab.hosts.map(host => host.its.vsctl('get', 'open_vswitch', '.', 'next_cfg')))
    const before = [await look(), await flaps()]
    await first.stop()
    const second = await lab.control()
    await eventually(() => expect(second.controller.reconciler.plans.size).toBeGreaterThan(0))
    expect(second.controller.reconciler.counts).toMatchObject({ changes: 0, statuses: 0, elections: 0 })
    expect([await look(), await flaps()]).toEqual(before)
  })

  it('sentence 38: ports that are taken away or changed behind its back are put right from the monitor', async () => {
    const running = await lab.control()
    const span = await lab.span('red')
    await allLinked(span, running)
    const centre = centreOf(span, running)
    const good = await columns(centre, 'name', 'options')
    const [one = '', other = ''] = await tunnelPorts(centre)
    await centre.its.vsctl('del-port', one)
    await centre.its.vsctl('set', 'interface', other, 'options:key=9')
    const sorted = (text: string) => text.split('\n').sort()
    await eventually(async () => expect(sorted(await columns(centre, 'name', 'options'))).toEqual(sorted(good)))
    await allLinked(span, running)
  })

  it('sentence 11: after emer-reset its ports are still its own, and nothing is written', async () => {
    const running = await lab.control()
    const span = await lab.span('red')
    await allLinked(span, running)
    const { changes } = running.controller.reconciler.counts
    const centre = centreOf(span, running)
    await centre.its.vsctl('emer-reset')
    running.controller.reconciler.everything()
    await allLinked(span, running)
    expect(running.controller.reconciler.counts.changes).toBe(changes)
  })

  it('sentence 12: what others have made stays, when networks come and when they go', async () => {
    const running = await lab.control()
    const span = await lab.span('red')
    await allLinked(span, running)
    const centre = centreOf(span, running)
    await centre.its.vsctl(
      'add-port',
      span.bridge,
      'theirs',
      '--',
      'set',
      'interface',
      'theirs',
      'type=gre',
      'options:remote_ip=192.0.2.7',
      'options:key=7',
    )
    for (const at of [1, 2]) await lab.session.tunnel.destroy(span.tunnels[at] ?? '')
    await eventually(async () => {
      const counts = await Promise.all(lab.hosts.map(host => tunnelPorts(host)))
      expect(counts.flat().filter(name => name !== 'theirs')).toEqual([])
    })
    if (lab.hosts[0] === centre) expect(await tunnelPorts(centre)).toEqual(['theirs'])
  })

  it('T28, sentences 21, 34: when the centre’s switch dies the others are linked, and its last words are not believed', async () => {
    const running = await lab.control()
    const span = await lab.span('red')
    await allLinked(span, running)
    const centre = centreOf(span, running)
    const at = lab.hosts.indexOf(centre)
    await centre.its.vswitchd.kill()
    await eventually(async () => {
      expect(running.controller.reconciler.plans.get(span.uuid)?.centre).not.toBe(centre.uuid)
      const all = await statuses(span)
      expect(all[at]).toMatchObject({ active: 'false' })
      expect(all.filter(({ active }) => active === 'true')).toHaveLength(2)
    })
    expect(await columns(centre, 'bfd_status')).toContain('state=up') // its last words
    expect(['VSWITCHD_DEAD', 'PEER_DOWN']).toContain((await statuses(span))[at]?.error)
  })

  it('sentences 44, 45: a database that is away delays no other host, and is taken up again when it is back', async () => {
    const running = await lab.control()
    const span = await lab.span('red')
    await allLinked(span, running)
    const centre = centreOf(span, running)
    const [away, other] = lab.hosts.filter(host => host !== centre)
    if (!away || !other) throw new Error('no host')
    await away.its.ovsdbServer.kill()
    await eventually(() =>
      expect(running.controller.reconciler.observed.switches.get(away.uuid)?.connected).toBe(false),
    )
    const [port = ''] = await tunnelPorts(other)
    await other.its.vsctl('--no-wait', 'del-port', port)
    await eventually(async () => expect(await tunnelPorts(other)).toContain(port))
    await away.its.ovsdbServer.start()
    await allLinked(span, running)
  })

  it('sentence 47: two controllers do not fight, and the other one takes over within five seconds', async () => {
    const [first, second] = [await lab.control(), await lab.control()]
    await eventually(() =>
      expect([first, second].filter(({ controller }) => controller.reconciler.leads)).toHaveLength(1),
    )
    const [leader, follower] = first.controller.reconciler.leads ? [first, second] : [second, first]
    const span = await lab.span('red')
    await allLinked(span, leader)
    expect(follower.controller.reconciler.counts.changes).toBe(0)
    const from = performance.now()
    await leader.stop()
    await eventually(() => expect(follower.controller.reconciler.leads).toBe(true))
    expect(performance.now() - from).toBeLessThan(5000)
    await allLinked(await lab.span('blue'), follower)
  })
})
