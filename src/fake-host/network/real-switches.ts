import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { FakeHostError } from '../error.ts'
import type { RealSwitch } from './backends/index.ts'
import { DaemonError } from './daemon.ts'
import type { HostNetwork } from './networks.ts'

/** What carries the frames of a switch: the kernel, ovs-vswitchd itself, or nothing but other switches of a test. */
export type Datapath = 'system' | 'netdev' | 'dummy'

export interface SwitchOptions {
  /** `unix:PATH` or `tcp:HOST:PORT` of the databases of real switches, one a host, in the order of the hosts' names. */
  readonly ovsdb?: readonly string[] | undefined
  /** Of the bridges on them; `system` unless told, as hosts have it. */
  readonly datapath?: Datapath | undefined
}

/** Which host has which switch, host2 before host10; hosts behind the last address have theirs in memory. Throws FakeHostError. */
export function assignSwitches(
  db: Database,
  { ovsdb = [], datapath }: SwitchOptions,
): ReadonlyMap<Ref<'host'>, RealSwitch> {
  if (datapath !== undefined && ovsdb.length === 0)
    throw new FakeHostError('datapath needs ovsdb, the switches it is for')
  const name = (host: Ref<'host'>) => db.get('host', host, 'name_label')
  const hosts = db.refs('host').toSorted((a, b) => name(a).localeCompare(name(b), 'en', { numeric: true }))
  if (ovsdb.length > hosts.length) {
    throw new FakeHostError(`ovsdb has ${ovsdb.length} addresses, but the pool has ${hosts.length} hosts`)
  }
  const twice = ovsdb.find((address, i) => ovsdb.indexOf(address) < i)
  if (twice !== undefined) throw new FakeHostError(`ovsdb=${twice}: each host needs a switch of its own`)
  return new Map(
    ovsdb.map((address, i) => {
      const host = hosts[i] as Ref<'host'> // there are not more addresses
      checkAddress(address)
      if (db.get('host', host, 'software_version').get('network_backend') === 'bridge') {
        throw new FakeHostError(`ovsdb=${address}: ${name(host)} has no Open vSwitch, but bridges`)
      }
      return [host, { address, datapath: datapath === undefined || datapath === 'system' ? '' : datapath }]
    }),
  )
}

/** Whether it can be meant at all; what is wrong with the rest of it tells who connects. */
function checkAddress(address: string): void {
  if (!/^(?:unix|tcp):./.test(address)) {
    throw new FakeHostError(`ovsdb=${address}: unix:PATH or tcp:HOST:PORT is needed`)
  }
}

/**
 * Brings a host's bridges to its real switch, as a toolstack that starts finds them. Throws FakeHostError where nobody answers.
 * @returns what is odd, one line each
 */
export async function bringToSwitch(name: string, real: RealSwitch, network: HostNetwork): Promise<readonly string[]> {
  try {
    const bridges = await network.run(() => network.backend.describe())
    const idle = bridges.filter(bridge => !bridge.up && bridge.persistent).map(bridge => bridge.name)
    if (idle.length === 0) return []
    return [`${real.address}: the switch of ${name} could not make ${idle.join(', ')}; is its datapath another?`]
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
    throw new FakeHostError(`ovsdb: ${reasonOf(error)}`)
  }
}

/** What the program said that failed. */
const reasonOf = (error: DaemonError): string => /stderr = (.*)\]$/s.exec(error.message)?.[1] ?? error.message
