import type { Observed } from './model.ts'
import type { NetworkPlan } from './plan/index.ts'

/** What is to be done and why, in words, network by network. */
export function planLines(observed: Observed, plans: ReadonlyMap<string, NetworkPlan>): string[] {
  const name = (host: string) => observed.hosts.get(host)?.name ?? host
  return sorted(observed, plans).flatMap(([uuid, plan]) => {
    const statusOf = new Map((observed.tunnels.get(uuid) ?? []).map(tunnel => [tunnel.uuid, tunnel]))
    const changes = [...plan.step].flatMap(([host, step]) =>
      step.map(change => {
        const peer = change.port.mark === undefined ? '' : ` to ${name(change.port.mark.peer)}`
        const detail =
          change.op === 'remove' ? '' : ` (${change.port.type}, ${change.port.remoteIp}, key ${change.port.key})`
        return `  would ${change.op} the port ${change.port.name}${peer} on ${name(host)}${detail}`
      }),
    )
    const statuses = [...plan.statuses].flatMap(([tunnel, wanted]) => {
      const its = statusOf.get(tunnel)
      if (!its) return []
      const state = `${wanted.active ? 'active' : 'inactive'}${wanted.error === undefined ? '' : `, ${wanted.error}`}`
      const isSaid = (its.status.get('active') === 'true') === wanted.active
      if (!isSaid || (wanted.error !== undefined && its.status.get('error') !== wanted.error)) {
        return `  would call the tunnel of ${name(its.host)} ${state}`
      }
      return wanted.error === undefined ? [] : `  the tunnel of ${name(its.host)} stays ${state}`
    })
    return [
      `${title(uuid, plan)}: ${plan.shape}, ${plan.key === undefined ? 'no key' : `key ${plan.key}`}`,
      ...plan.why.map(reason => `  ${reason}`),
      ...changes,
      ...statuses,
      ...(changes.length + statuses.length === 0 ? ['  nothing to do'] : []),
    ]
  })
}

/** Where each network stands: its centre, its links, its tunnels. `now` in milliseconds since 1970. */
export function statusLines(observed: Observed, plans: ReadonlyMap<string, NetworkPlan>, now: number): string[] {
  const name = (host: string) => observed.hosts.get(host)?.name ?? host
  return sorted(observed, plans).flatMap(([uuid, plan]) => {
    const tunnels = observed.tunnels.get(uuid) ?? []
    const centre = plan.centre === undefined ? '' : `, centre ${name(plan.centre)}`
    const links = plan.links.map(({ near, far, type, state, errors }) => {
      const causes = [...errors].map(([host, error]) => ` ${error} on ${name(host)}`)
      return `  link ${name(near)} - ${name(far)}: ${type}, ${state}${causes.join(',')}`
    })
    const states = [...tunnels]
      .sort((a, b) => (name(a.host) < name(b.host) ? -1 : 1))
      .map(({ host, status }) => {
        const facts = ['error', 'warning'].flatMap(fact => status.get(fact) ?? [])
        const state = [status.get('active') === 'true' ? 'active' : 'inactive', ...facts].join(', ')
        return `  tunnel of ${name(host)}: ${state}${age(status.get('changed'), now)}`
      })
    return [`${title(uuid, plan)}: ${plan.shape}${centre}, ${keyText(plan)}`, ...links, ...states]
  })
}

const keyText = ({ key }: NetworkPlan): string => (key === undefined ? 'no key' : `key ${key}`)

const title = (uuid: string, { network }: NetworkPlan): string =>
  network ? `${network.name || 'a network'} (${uuid})` : `a network that is gone (${uuid})`

function sorted(observed: Observed, plans: ReadonlyMap<string, NetworkPlan>): [string, NetworkPlan][] {
  const nameOf = (uuid: string) => `${observed.networks.get(uuid)?.name ?? '~'} ${uuid}`
  return [...plans].sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

function age(changed: string | undefined, now: number): string {
  const since = changed === undefined ? Number.NaN : Date.parse(changed)
  if (Number.isNaN(since)) return ''
  const seconds = Math.max(0, Math.round((now - since) / 1000))
  if (seconds < 120) return `, for ${seconds} s`
  if (seconds < 7200) return `, for ${Math.floor(seconds / 60)} min`
  return `, for ${Math.floor(seconds / 3600)} h`
}
