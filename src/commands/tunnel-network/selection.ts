import { type Finding, named, visible } from './findings.ts'
import type { Host, Pif } from './objects.ts'
import type { Pool } from './pool.ts'

/** What a user said about where tunnels are to start. */
export interface Wanted {
  /** The same device on every host. */
  readonly device?: string | undefined
  /** The VLAN of that tag on the device, rather than the device itself. */
  readonly vlan?: number | undefined
  /** One PIF a host. */
  readonly pifUuids?: readonly string[] | undefined
  /** Names or uuids. Undefined: every host, or those of the PIFs. */
  readonly hosts?: readonly string[] | undefined
}

/** Where one tunnel starts. */
export interface Transport {
  readonly host: Host
  readonly pif: Pif
}

export interface Selection {
  readonly transports: readonly Transport[]
  /** What stands in the way of finding more of them. */
  readonly findings: readonly Finding[]
}

/** Finds one PIF a host, and everything that is odd about the request. Hosts come in the order of their names. */
export function select(pool: Pool, wanted: Wanted): Selection {
  const { hosts, findings } = hostsNamed(pool, wanted.hosts)
  const chosen = wanted.pifUuids ? byUuid(pool, hosts, wanted.pifUuids) : byDevice(pool, hosts, wanted)
  return { transports: chosen.transports, findings: [...findings, ...chosen.findings] }
}

interface Hosts {
  /** Undefined: nobody named any. */
  readonly hosts: readonly Host[] | undefined
  readonly findings: readonly Finding[]
}

function hostsNamed(pool: Pool, names: readonly string[] | undefined): Hosts {
  if (names === undefined) return { hosts: undefined, findings: [] }
  const hosts = new Set<Host>()
  const findings: Finding[] = []
  const all = [...pool.hosts.values()]
  for (const name of names) {
    const exact = all.filter(host => host.uuid === name)
    const [found, ...more] = exact.length > 0 ? exact : all.filter(host => host.nameLabel === name)
    if (found && more.length === 0) hosts.add(found)
    else if (found)
      findings.push({
        text: `Several hosts are called ${visible(name)}: name one by its uuid, ${uuids([found, ...more])}.`,
      })
    else
      findings.push({ text: `No host of the pool is called ${visible(name)} or has that uuid: host-list shows them.` })
  }
  return { hosts: sorted([...hosts]), findings }
}

function byDevice(pool: Pool, among: readonly Host[] | undefined, { device = '', vlan }: Wanted): Selection {
  const pifs = pifsByHost(pool)
  const transports: Transport[] = []
  const findings: Finding[] = []
  for (const host of among ?? sorted([...pool.hosts.values()])) {
    const here = pifs.get(host.ref) ?? []
    const [pif, ...more] = candidates(here, device, vlan)
    if (pif && more.length === 0) transports.push({ host, pif })
    else if (pif)
      findings.push({
        host,
        text: `has several PIFs ${visible(device)}: name one by pif-uuids=, ${uuids([pif, ...more])}.`,
        isLocal: true,
      })
    else findings.push({ host, text: missing(here, device, vlan), isLocal: true })
  }
  return { transports, findings }
}

/** The device itself rather than what stands on it, unless there is nothing else. */
function candidates(here: readonly Pif[], device: string, vlan: number | undefined): readonly Pif[] {
  const all = here.filter(pif => pif.device === device)
  if (vlan !== undefined) return all.filter(pif => pif.VLAN === vlan)
  const itself = all.filter(pif => pif.VLAN < 0 && pif.sriovLogicalPifOf === undefined)
  return itself.length > 0 ? itself : all
}

function missing(here: readonly Pif[], device: string, vlan: number | undefined): string {
  const [parent] = vlan === undefined ? [] : candidates(here, device, undefined)
  if (parent)
    return `has no VLAN ${vlan} on ${named(parent)}: make it with vlan-create, or leave the host out of hosts=.`
  const devices = [...new Set(here.filter(pif => pif.accessPifOf === undefined).map(pif => visible(pif.device)))].sort()
  const known = devices.length === 0 ? 'it has no PIFs' : `it has ${devices.join(', ')}`
  return `has no PIF ${visible(device)} (${known}): choose PIFs with pif-uuids=, or leave the host out of hosts=.`
}

function byUuid(pool: Pool, among: readonly Host[] | undefined, wanted: readonly string[]): Selection {
  const pifs = new Map(Array.from(pool.pifs.values(), pif => [pif.uuid, pif]))
  const chosen = new Map<string, Pif[]>()
  const findings: Finding[] = []
  for (const uuid of new Set(wanted)) {
    const pif = pifs.get(uuid)
    if (pif && !pool.hosts.has(pif.host)) findings.push({ pif, text: 'is of a host that is gone: pif-db-forget it.' })
    else if (pif) chosen.set(pif.host, [...(chosen.get(pif.host) ?? []), pif])
    else findings.push({ text: `No PIF has the uuid ${visible(uuid)}: pif-list shows them.` })
  }
  const transports: Transport[] = []
  const hosts = [...chosen.keys()].flatMap(ref => pool.hosts.get(ref) ?? [])
  for (const host of sorted([...new Set([...hosts, ...(among ?? [])])])) {
    const [pif, ...more] = chosen.get(host.ref) ?? []
    if (!pif) findings.push({ host, text: 'is named by hosts=, but none of pif-uuids= is a PIF of it.', isLocal: true })
    else if (among && !among.includes(host))
      findings.push({ host, pif, text: 'is among pif-uuids=, but its host is not among hosts=.', isLocal: true })
    else if (more.length > 0)
      findings.push({
        host,
        text: `has several of pif-uuids=: a network has one tunnel a host, so keep one of ${uuids([pif, ...more])}.`,
        isLocal: true,
      })
    else transports.push({ host, pif })
  }
  return { transports, findings }
}

function pifsByHost({ pifs }: Pool): ReadonlyMap<string, readonly Pif[]> {
  const byHost = new Map<string, Pif[]>()
  for (const pif of pifs.values()) {
    const here = byHost.get(pif.host)
    if (here) here.push(pif)
    else byHost.set(pif.host, [pif])
  }
  return byHost
}

const uuids = (things: readonly { readonly uuid: string }[]): string => things.map(thing => thing.uuid).join(', ')

const collator = new Intl.Collator('en', { numeric: true })

/** host2 comes before host10. */
export function sorted(hosts: readonly Host[]): readonly Host[] {
  return [...hosts].sort((a, b) => collator.compare(a.nameLabel, b.nameLabel) || (a.uuid < b.uuid ? -1 : 1))
}
