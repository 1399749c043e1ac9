import type { Reconciler } from './loop/reconciler.ts'

/** The numbers of a controller, in the text format of Prometheus. */
export function metricsText({ counts, leads, plans, observed }: Reconciler): string {
  const links = [...plans.values()].flatMap(plan => plan.links)
  const statuses = [...plans.values()].flatMap(plan => [...plan.statuses.values()])
  const switches = [...observed.switches.values()]
  const metrics: readonly (readonly [name: string, type: 'gauge' | 'counter', help: string, value: number])[] = [
    ['leads', 'gauge', 'Whether this controller decides.', Number(leads)],
    ['networks', 'gauge', 'Networks with tunnels.', plans.size],
    ['links', 'gauge', 'Links that there are to be.', links.length],
    [
      'links_up',
      'gauge',
      'Links of which both ends say that they work.',
      links.filter(({ state }) => state === 'up').length,
    ],
    ['tunnels_active', 'gauge', 'Tunnels that work.', statuses.filter(({ active }) => active).length],
    ['tunnels_failed', 'gauge', 'Tunnels with an error.', statuses.filter(({ error }) => error !== undefined).length],
    ['switches_connected', 'gauge', 'Switches that answer.', switches.filter(({ connected }) => connected).length],
    ['plans_total', 'counter', 'Networks planned.', counts.plans],
    ['changes_total', 'counter', 'Ports added, changed and removed.', counts.changes],
    ['statuses_total', 'counter', 'Statuses written.', counts.statuses],
    ['elections_total', 'counter', 'Centres replaced.', counts.elections],
    ['failures_total', 'counter', 'Changes and writes that failed.', counts.failures],
  ]
  return metrics
    .map(([name, type, help, value]) => {
      const full = `xe_tunnel_controller_${name}`
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`
    })
    .join('')
}
