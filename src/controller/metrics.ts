import type { Reconciler } from './loop/reconciler.ts'

/** The numbers of a controller, for Prometheus. */
export interface Metrics {
  readonly contentType: string
  /** In the text format, as of now. */
  text(): Promise<string>
}

/** What a number is called, what it says, and how it is read. */
type Reading = readonly [name: string, help: string, read: (reconciler: Reconciler) => number]

const linksOf = ({ plans }: Reconciler) => [...plans.values()].flatMap(plan => plan.links)
const statusesOf = ({ plans }: Reconciler) => [...plans.values()].flatMap(plan => [...plan.statuses.values()])

const GAUGES: readonly Reading[] = [
  ['leads', 'Whether this controller decides.', ({ leads }) => Number(leads)],
  ['networks', 'Networks with tunnels.', ({ plans }) => plans.size],
  ['links', 'Links that there are to be.', its => linksOf(its).length],
  [
    'links_up',
    'Links of which both ends say that they work.',
    its => linksOf(its).filter(({ state }) => state === 'up').length,
  ],
  ['tunnels_active', 'Tunnels that work.', its => statusesOf(its).filter(({ active }) => active).length],
  [
    'tunnels_failed',
    'Tunnels with an error.',
    its => statusesOf(its).filter(({ error }) => error !== undefined).length,
  ],
  [
    'switches_connected',
    'Switches that answer.',
    ({ observed }) => [...observed.switches.values()].filter(({ connected }) => connected).length,
  ],
]

const COUNTERS: readonly Reading[] = [
  ['plans_total', 'Networks planned.', ({ counts }) => counts.plans],
  ['changes_total', 'Ports added, changed and removed.', ({ counts }) => counts.changes],
  ['statuses_total', 'Statuses written.', ({ counts }) => counts.statuses],
  ['elections_total', 'Centres replaced.', ({ counts }) => counts.elections],
  ['failures_total', 'Changes and writes that failed.', ({ counts }) => counts.failures],
]

const fullName = (name: string): string => `xe_tunnel_controller_${name}`

/** Loads what writes the format, which a controller that does not listen needs not. */
export async function metricsOf(reconciler: Reconciler): Promise<Metrics> {
  const { Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  for (const [name, help, read] of GAUGES) {
    const gauge: { set(value: number): void } = new Gauge({
      name: fullName(name),
      help,
      registers,
      collect: () => gauge.set(read(reconciler)),
    })
  }
  for (const [name, help, read] of COUNTERS) {
    const counter = new Counter({
      name: fullName(name),
      help,
      registers,
      collect() {
        counter.reset() // it can be raised but not set
        counter.inc(read(reconciler))
      },
    })
  }
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
