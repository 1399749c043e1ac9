import type { Ref, Rows } from '../../datamodel/index.ts'
import { type Context, coordinator, type Messages, onHost } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { checkAddress, checkCidr, checkNoVlanPif, checkTag, refreshVif } from '../network/index.ts'
import { checkLicensed } from './licence.ts'

type Settings =
  | 'set_locking_mode'
  | `${'set' | 'add' | 'remove'}_${'ipv4_allowed' | 'ipv6_allowed' | 'trunks'}`
  | 'configure_ipv4'
  | 'configure_ipv6'

/** The host that a VIF's messages run on: where its VM is, else the coordinator (docs/spec/networking-semantics.md 0.3). */
export function onHostOfVif(context: Context, vif: Ref<'VIF'>): Context {
  const { db } = context.pool
  const resident = db.get('VM', db.get('VIF', vif, 'VM'), 'resident_on')
  return onHost(context, db.exists('host', resident) ? resident : coordinator(context.pool))
}

/** What a VIF lets through and how its guest is addressed. */
export const vifSettings: Pick<Messages<'VIF'>, Settings> = {
  /** A controller that is in charge of the switches knows nothing of locked ports. */
  async set_locking_mode(context, self, value) {
    const local = onHostOfVif(context, self)
    const { pool, host } = local
    if (value === 'locked') {
      checkLicensed(pool, 'VIF_locking')
      const isSwitch = pool.networks.of(host).backend.kind === 'openvswitch'
      if (isSwitch && pool.db.refs('SDN_controller').length > 0) {
        throw new Failure('OPERATION_NOT_ALLOWED', 'an SDN controller is in charge: its ports cannot be locked')
      }
    }
    pool.db.set('VIF', self, 'locking_mode', value)
    await refreshVif(local, self)
  },

  set_ipv4_allowed: (context, self, value) => allow(context, self, 'ipv4', value),
  add_ipv4_allowed: (context, self, value) => addAllowed(context, self, 'ipv4', value),
  remove_ipv4_allowed: (context, self, value) => removeAllowed(context, self, 'ipv4', value),

  set_ipv6_allowed: (context, self, value) => allow(context, self, 'ipv6', value),
  add_ipv6_allowed: (context, self, value) => addAllowed(context, self, 'ipv6', value),
  remove_ipv6_allowed: (context, self, value) => removeAllowed(context, self, 'ipv6', value),

  configure_ipv4(context, self, mode, address, gateway) {
    const { db } = checkConfigurable(context, self, 'ipv4', mode, address, gateway)
    db.set('VIF', self, 'ipv4_configuration_mode', mode)
    db.set('VIF', self, 'ipv4_addresses', mode === 'Static' ? [address] : [])
    db.set('VIF', self, 'ipv4_gateway', mode === 'Static' ? gateway : '')
  },

  configure_ipv6(context, self, mode, address, gateway) {
    const { db } = checkConfigurable(context, self, 'ipv6', mode, address, gateway)
    db.set('VIF', self, 'ipv6_configuration_mode', mode)
    db.set('VIF', self, 'ipv6_addresses', mode === 'Static' ? [address] : [])
    db.set('VIF', self, 'ipv6_gateway', mode === 'Static' ? gateway : '')
  },

  /** The tag that was added last comes first (docs/spec/networking-semantics.md 9.2, last paragraph). */
  async add_trunks(context, self, value) {
    const local = onHostOfVif(context, self)
    const { db } = local.pool
    checkTag(value)
    checkNoVlanPif(db, db.get('VIF', self, 'network'))
    const trunks = db.get('VIF', self, 'trunks')
    if (!trunks.includes(value)) await write(local, self, 'trunks', [value, ...trunks])
  },

  async remove_trunks(context, self, value) {
    const local = onHostOfVif(context, self)
    const left = local.pool.db.get('VIF', self, 'trunks').filter(tag => tag !== value)
    await write(local, self, 'trunks', left)
  },

  async set_trunks(context, self, value) {
    const local = onHostOfVif(context, self)
    const { db } = local.pool
    if (value.length > 0) checkNoVlanPif(db, db.get('VIF', self, 'network'))
    for (const tag of value) checkTag(tag)
    await write(local, self, 'trunks', [...new Set(value)])
  },
}

type Filter = 'trunks' | `${Family}_allowed`

/** Writes what a VIF lets through, and has the port of a plugged one do so. */
async function write<F extends Filter>(
  local: Context,
  vif: Ref<'VIF'>,
  field: F,
  value: Rows['VIF'][F],
): Promise<void> {
  local.pool.db.set('VIF', vif, field, value)
  await refreshVif(local, vif)
}

type Family = 'ipv4' | 'ipv6'

async function allow(context: Context, vif: Ref<'VIF'>, family: Family, addresses: readonly string[]): Promise<void> {
  const local = onHostOfVif(context, vif)
  checkLicensed(local.pool, 'VIF_locking')
  for (const address of addresses) checkAddress(family, `${family}_allowed`, address)
  await write(local, vif, `${family}_allowed`, [...new Set(addresses)])
}

async function addAllowed(context: Context, vif: Ref<'VIF'>, family: Family, address: string): Promise<void> {
  const { db } = context.pool
  const allowed = db.get('VIF', vif, `${family}_allowed`)
  if (!allowed.includes(address)) await allow(context, vif, family, [address, ...allowed])
}

async function removeAllowed(context: Context, vif: Ref<'VIF'>, family: Family, address: string): Promise<void> {
  const local = onHostOfVif(context, vif)
  const left = local.pool.db.get('VIF', vif, `${family}_allowed`).filter(other => other !== address)
  await write(local, vif, `${family}_allowed`, left)
}

function checkConfigurable(
  context: Context,
  vif: Ref<'VIF'>,
  family: Family,
  mode: string,
  address: string,
  gateway: string,
): Context['pool'] {
  const { pool } = onHostOfVif(context, vif)
  checkLicensed(pool, 'Guest_ip_setting')
  if (mode !== 'Static') return pool
  checkCidr(family, 'address', address)
  if (gateway !== '') checkAddress(family, 'gateway', gateway)
  return pool
}
