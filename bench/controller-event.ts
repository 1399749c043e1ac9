import { createLog } from '../src/controller/index.ts'
import { Reconciler } from '../src/controller/loop/reconciler.ts'
import { recollection } from '../src/controller/memory.ts'
import { settings, settle } from '../test/controller/settle.ts'
import { World } from '../test/controller/world.ts'
import { median } from './median.ts'

const EVENTS = 200

/**
 * What a running controller of 64 hosts takes for one event until it is planned: a tunnel that changes in XenAPI, a port that
 * changes on a switch. Goal: under 2 ms, not growing with the pool: with 10 networks and with 100.
 */
export async function controllerEvent(): Promise<string> {
  const [few, many] = [timesOf(10), timesOf(100)]
  const line = (name: string, a: number, b: number) =>
    `${name} ${a.toFixed(2)} ms with 10 networks, ${b.toFixed(2)} ms with 100, ratio ${(b / a).toFixed(2)}`
  return [line('tunnel', few.tunnel, many.tunnel), line('port', few.port, many.port)].join('; ')
}

function timesOf(networks: number): { readonly tunnel: number; readonly port: number } {
  const world = new World()
  const names = Array.from({ length: 64 }, (_, at) => `h${at}`)
  for (const name of names) world.addHost(name)
  for (let at = 0; at < networks; at += 1) world.span(`net${at}`, names)
  settle(world)
  const observed = world.observe()
  const reconciler = new Reconciler({
    world: observed,
    dataplane: { apply: async () => {}, probe() {}, resync() {} },
    writeStatus: async () => false,
    past: recollection(),
    settings,
    scheduler: { now: () => performance.now(), after: () => () => {} },
    log: createLog({ write() {}, now: Date.now, json: false, level: 'warn' }),
    resyncMs: 60_000,
    retryMs: 1_000,
  })
  for (const [host, its] of observed.switches) reconciler.sawSwitch(host, its)
  reconciler.whole(true)
  reconciler.plan()

  const host = 'h1'
  const seen = observed.switches.get(host)
  const ports = seen?.own.get('net7')
  if (!seen || !ports) throw new Error('h1 has no port of net7')
  const switchWith = (bfd: 'up' | 'down') => ({
    ...seen,
    own: new Map([...seen.own, ['net7', ports.map(port => ({ ...port, bfd }))] as const]),
  })
  const states = [switchWith('down'), switchWith('up')] as const
  const tunnel: number[] = []
  const port: number[] = []
  for (let at = 0; at < EVENTS; at += 1) {
    tunnel.push(time(reconciler, () => reconciler.touched(['net7'])))
    port.push(time(reconciler, () => reconciler.sawSwitch(host, states[at % 2 === 0 ? 0 : 1])))
  }
  return { tunnel: median(tunnel), port: median(port) }
}

/** From an event to its plan, in milliseconds. */
function time(reconciler: Reconciler, happen: () => void): number {
  const start = performance.now()
  happen()
  reconciler.plan()
  return performance.now() - start
}
