import type { Ref } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import {
  addressesIn,
  bringUp,
  checkAddress,
  checkCidr,
  checkManagedPif,
  checkNoClustering,
  checkNoProtection,
  checkNotManagement,
} from '../network/index.ts'
import { onHostOf } from './on-host-of.ts'

type AddressMessages = Pick<Messages<'PIF'>, 'reconfigure_ip' | 'reconfigure_ipv6' | 'set_primary_address_type'>

/** The messages that give a PIF its addresses. */
export const pifAddresses: AddressMessages = {
  /** The texts are stored as given, whatever the mode (docs/spec/networking-semantics.md 4.11). */
  async reconfigure_ip(context, self, mode, IP, netmask, gateway, DNS) {
    const { db } = context.pool
    const local = onHostOf(context, self)
    checkManagedPif(db, self)
    const same = (['IP', 'netmask', 'gateway'] as const).every(
      (field, i) => db.get('PIF', self, field) === [IP, netmask, gateway][i],
    )
    const onlyDns = mode === 'Static' && db.get('PIF', self, 'ip_configuration_mode') === 'Static' && same
    if (!onlyDns) checkChangeable(local, self)
    if (mode === 'Static') {
      checkAddress('ipv4', 'IP', IP)
      checkAddress('ipv4', 'netmask', netmask)
    }
    if (IP !== '') checkAddress('ipv4', 'IP', IP)
    if (netmask !== '') checkAddress('ipv4', 'netmask', netmask)
    if (gateway !== '') checkAddress('ipv4', 'gateway', gateway)
    if (mode === 'None') checkNotManagementBy(local, self, 'IPv4')
    db.set('PIF', self, 'ip_configuration_mode', mode)
    db.set('PIF', self, 'IP', IP)
    db.set('PIF', self, 'netmask', netmask)
    db.set('PIF', self, 'gateway', gateway)
    const stored = db.get('PIF', self, 'DNS')
    db.set('PIF', self, 'DNS', [...addressesIn('ipv4', DNS), ...addressesIn('ipv6', stored)].join(','))
    await applyAgain(local, self)
  },

  /** The set of addresses gets one member, even an empty one (docs/spec/networking-semantics.md 4.12). */
  async reconfigure_ipv6(context, self, mode, IPv6, gateway, DNS) {
    const { db } = context.pool
    const local = onHostOf(context, self)
    checkManagedPif(db, self)
    const addresses = db.get('PIF', self, 'IPv6')
    const same = addresses.length === 1 && addresses[0] === IPv6 && db.get('PIF', self, 'ipv6_gateway') === gateway
    const onlyDns = mode === 'Static' && db.get('PIF', self, 'ipv6_configuration_mode') === 'Static' && same
    if (!onlyDns) checkChangeable(local, self)
    if (gateway !== '') checkAddress('ipv6', 'gateway', gateway)
    if (IPv6 !== '') checkCidr('ipv6', 'IPv6', IPv6)
    if (mode === 'None') checkNotManagementBy(local, self, 'IPv6')
    db.set('PIF', self, 'ipv6_configuration_mode', mode)
    db.set('PIF', self, 'ipv6_gateway', gateway)
    db.set('PIF', self, 'IPv6', [IPv6])
    const stored = db.get('PIF', self, 'DNS')
    db.set('PIF', self, 'DNS', [...addressesIn('ipv6', DNS), ...addressesIn('ipv4', stored)].join(','))
    await applyAgain(local, self)
  },

  set_primary_address_type(context, self, primary_address_type) {
    const { db } = context.pool
    const local = onHostOf(context, self)
    checkNoProtection(local, self)
    checkNotManagement(db, self)
    db.set('PIF', self, 'primary_address_type', primary_address_type)
  },
}

function checkChangeable(context: Context, pif: Ref<'PIF'>): void {
  checkNoProtection(context, pif)
  checkNoClustering(context.pool.db, pif)
}

/** The management interface keeps an address of its primary type. */
function checkNotManagementBy({ pool: { db } }: Context, pif: Ref<'PIF'>, type: 'IPv4' | 'IPv6'): void {
  if (db.get('PIF', pif, 'primary_address_type') === type) checkNotManagement(db, pif)
}

/** A PIF that is up takes on its new configuration; if that fails it counts as detached. */
async function applyAgain(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const { db } = context.pool
  if (!db.get('PIF', pif, 'currently_attached')) return
  db.set('PIF', pif, 'currently_attached', false)
  await bringUp(context, pif, { management: db.get('PIF', pif, 'management') })
}
