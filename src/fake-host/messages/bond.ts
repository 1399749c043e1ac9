import type { BondMode, Ref } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import {
  bondProperties,
  bringUp,
  checkBondMembers,
  checkBondProperty,
  checkFreeOnHost,
  checkHaLetsBond,
  checkMac,
  checkManagedNetwork,
  checkTakesBonds,
  dissolveBond,
  formBond,
  primaryOf,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'

export const bond: Messages<'Bond'> = {
  create: createBond,

  destroy: destroyBond,

  /** The bond comes up even if it was unplugged (docs/spec/networking-semantics.md 6.6). */
  async set_mode(context, self, value) {
    const { db } = context.pool
    const master = db.get('Bond', self, 'master')
    const local = onHostOf(context, master)
    db.set('Bond', self, 'mode', value)
    db.set('Bond', self, 'properties', bondProperties(value, db.get('Bond', self, 'properties')))
    await bringUp(local, master)
  },

  async set_property(context, self, name, value) {
    const { db } = context.pool
    const master = db.get('Bond', self, 'master')
    const local = onHostOf(context, master)
    checkBondProperty(db.get('Bond', self, 'mode'), name, value)
    const others = [...db.get('Bond', self, 'properties')].filter(([key]) => key !== name)
    db.set('Bond', self, 'properties', new Map([[name, value], ...others]))
    await bringUp(local, master)
  },
}

/** docs/spec/networking-semantics.md 6.1 */
export async function createBond(
  context: Context,
  network: Ref<'network'>,
  given: readonly Ref<'PIF'>[],
  MAC: string,
  mode: BondMode,
  properties: ReadonlyMap<string, string>,
): Promise<Ref<'Bond'>> {
  const { db } = context.pool
  const [first] = given
  const members = given.filter((pif, i) => given.lastIndexOf(pif) === i)
  if (first === undefined) throw new Failure('PIF_BOND_NEEDS_MORE_MEMBERS')
  const local = onHostOf(context, first)
  checkManagedNetwork(db, network)
  checkFreeOnHost(db, network, local.host)
  checkTakesBonds(db, network)
  if (MAC !== '') checkMac(MAC)
  for (const [name, value] of properties) checkBondProperty(mode, name, value)
  const primary = primaryOf(db, members) ?? first
  checkBondMembers(local, members, primary)
  return formBond(local, { network, members, primary, MAC, mode, properties: bondProperties(mode, properties) })
}

export async function destroyBond(context: Context, self: Ref<'Bond'>): Promise<void> {
  const master = context.pool.db.get('Bond', self, 'master')
  const local = onHostOf(context, master)
  checkHaLetsBond(local, master)
  await dissolveBond(local, self)
}
