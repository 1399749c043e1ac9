import { datamodel, NULL_REF, type Ref } from '../../../src/datamodel/index.ts'
import type { Database, Stored } from '../../../src/fake-host/database/index.ts'
import type { Pool } from '../../../src/fake-host/dispatch/context.ts'
import { bridgesOf } from '../fixtures.ts'

/** What is wrong with the relations of a pool: each set of one side holds exactly what refers to it from the other. */
export function brokenRelations({ db }: Pool): string[] {
  const wrong: string[] = []
  for (const { kind, from, to } of datamodel().relations) {
    const isStored = [from.class, to.class].every(name => datamodel().classes.get(name)?.inDatabase)
    if (kind !== 'one-to-many' || !isStored) continue
    const [many, one] = [from.class as Stored, to.class as Stored] // they are in the database
    for (const ref of db.refs(one)) {
      const members = new Set(db.record(one, ref).get(to.field) as readonly string[]) // a set of references
      const expected = db.refs(many).filter(other => db.record(many, other).get(from.field) === ref)
      if (members.size !== expected.length || expected.some(other => !members.has(other))) {
        wrong.push(`${one}.${to.field} of ${ref} and ${many}.${from.field} disagree`)
      }
    }
  }
  return wrong
}

/** References that the specification lets dangle (docs/spec/networking-semantics.md 18): they are never collected. */
const MAY_DANGLE = new Set(['VLAN.tagged_PIF', 'PIF.bond_slave_of', 'Bond.primary_slave', 'VM.affinity', 'PIF.metrics'])

/** References between networking objects that lead nowhere, though they should not once the coordinator has tidied up. */
export function dangling({ db }: Pool): string[] {
  const wrong: string[] = []
  for (const cls of ['PIF', 'VLAN', 'Bond', 'tunnel', 'VIF', 'network_sriov', 'PIF_metrics', 'VIF_metrics'] as const) {
    for (const { name, type } of datamodel().classes.get(cls)?.fields ?? []) {
      if (type.kind !== 'ref' || MAY_DANGLE.has(`${cls}.${name}`)) continue
      for (const ref of db.refs(cls)) {
        const target = db.record(cls, ref).get(name) // undefined where it is internal
        if (typeof target === 'string' && target !== NULL_REF && !db.exists(type.class as Stored, target))
          wrong.push(`${cls}.${name} of ${ref}`) // a class
      }
    }
  }
  return wrong
}

/** The bridge of a PIF's network; empty where the network is gone. */
function bridgeOf(db: Database, pif: Ref<'PIF'>): string {
  const network = db.get('PIF', pif, 'network')
  return db.exists('network', network) ? db.get('network', network, 'bridge') : ''
}

/**
 * Bridges that two PIFs of one host share, each as `HOST BRIDGE`: a NIC that is found again may come to a bridge that a tunnel has taken
 * meanwhile. The bridge goes with either of them.
 */
export function sharedBridges({ db }: Pool): string[] {
  const places = db.refs('PIF').map(pif => `${db.get('PIF', pif, 'host')} ${bridgeOf(db, pif)}`)
  return places.filter((place, at) => places.indexOf(place) !== at)
}

/**
 * Attached PIFs without a bridge, and bridges that nothing explains.
 * @param shared what `sharedBridges` has told of at any time
 */
export async function unexplainedBridges(pool: Pool, shared: ReadonlySet<string>): Promise<string[]> {
  const { db } = pool
  const wrong: string[] = []
  for (const host of db.refs('host')) {
    const bridges = await bridgesOf(pool, host)
    const pifs = db.get('host', host, 'PIFs')
    const name = db.get('host', host, 'name_label')
    for (const pif of pifs.filter(pif => db.get('PIF', pif, 'currently_attached'))) {
      const bridge = bridgeOf(db, pif)
      if (shared.has(`${host} ${bridge}`) || bridges.has(bridge)) continue
      wrong.push(`${db.get('PIF', pif, 'device')} of ${name} has no ${bridge}`)
    }
    const parents = new Set([...bridges.values()].flatMap(({ vlan }) => (vlan ? [vlan[0]] : [])))
    for (const [bridge, { ports }] of bridges) {
      const own = pifs.filter(pif => bridgeOf(db, pif) === bridge)
      // A NIC's bridge outlasts its unplugging while VLANs are on it, and may be left when the last of them goes (10.5).
      const isOfPif = own.some(pif => db.get('PIF', pif, 'currently_attached') || db.get('PIF', pif, 'VLAN') === -1)
      const isInternal = db.refs('network').some(ref => db.get('network', ref, 'bridge') === bridge && own.length === 0)
      if (isOfPif || isInternal || parents.has(bridge)) continue
      if (ports.length > 0 || !/^xapi\d+$/.test(bridge)) wrong.push(`nothing explains ${bridge} on ${name}`)
    }
  }
  return wrong
}
