import type { Status } from '../plan/index.ts'

/** The keys of tunnel.status that are this controller's. All others are left as they are. */
const OWN = ['active', 'key', 'error', 'mtu', 'warning'] as const

/** What a status is to be: the own keys as planned, and since when, those of other writers as they are. */
export function statusMap(
  present: ReadonlyMap<string, string>,
  wanted: Status,
  now: number,
): ReadonlyMap<string, string> {
  const status = new Map(present)
  for (const name of OWN) {
    const value = wanted[name]
    if (value === undefined) status.delete(name)
    else status.set(name, String(value))
  }
  status.set('changed', new Date(now).toISOString().replace(/\.\d+/, ''))
  return status
}

/** Whether a status says already what is planned. */
export const says = (present: ReadonlyMap<string, string>, wanted: Status): boolean =>
  OWN.every(name => present.get(name) === (wanted[name] === undefined ? undefined : String(wanted[name])))
