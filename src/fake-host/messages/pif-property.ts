import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { bringUp, layerOf } from '../network/index.ts'

/** The only property of PIFs, and what it may be. */
const VALUES: ReadonlyMap<string, readonly string[]> = new Map([['gro', ['on', 'off']]])

/**
 * Replaces a property of a physical PIF or a bond, and applies it if the PIF is up: also to the VLANs on it, which come up if
 * they were not (docs/spec/networking-semantics.md 4.13).
 * Throws INVALID_VALUE ["properties"; text], CANNOT_CHANGE_PIF_PROPERTIES [pif].
 */
export async function setProperty(context: Context, pif: Ref<'PIF'>, name: string, value: string): Promise<void> {
  const { db } = context.pool
  if (!VALUES.get(name)?.includes(value)) throw new Failure('INVALID_VALUE', 'properties', `${name} = ${value}`)
  const layer = layerOf(db, pif)
  const hasProperties = layer.kind === 'physical' || layer.kind === 'bond'
  if (!hasProperties || db.get('PIF', pif, 'bond_slave_of') !== NULL_REF) {
    throw new Failure('CANNOT_CHANGE_PIF_PROPERTIES', pif)
  }
  const others = [...db.get('PIF', pif, 'properties')].filter(([key]) => key !== name)
  const properties = new Map([[name, value], ...others])
  db.set('PIF', pif, 'properties', properties)
  const slaves = layer.kind === 'bond' ? db.get('Bond', layer.bond, 'slaves') : []
  for (const slave of slaves) db.set('PIF', slave, 'properties', properties)
  if (!db.get('PIF', pif, 'currently_attached')) return
  await bringUp(context, pif)
  for (const vlan of db.get('PIF', pif, 'VLAN_slave_of')) await bringUp(context, db.get('VLAN', vlan, 'untagged_PIF'))
}
