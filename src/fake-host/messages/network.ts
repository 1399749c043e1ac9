import type { NetworkPurpose } from '../../datamodel/index.ts'
import { type Context, type Messages, onHost } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { attachNetwork, attachNetworks, checkManagedNetwork, detachNetworks } from '../network/index.ts'
import { destroyVif } from './vif.ts'

export const network: Messages<'network'> = {
  /** No bridge is made on any host (docs/spec/networking-semantics.md 8.1). */
  create(context, record) {
    const { db, networks } = context.pool
    const { name_label = '', name_description = '', MTU = 1500, other_config, managed = true, tags = [] } = record
    const { bridge = '' } = record
    if (bridge !== '') checkBridgeName(context, bridge)
    return db.create('network', {
      name_label,
      name_description,
      MTU: MTU > 0 ? MTU : 1500,
      other_config,
      managed,
      tags,
      bridge: bridge === '' ? networks.bridgeNames.next() : bridge,
    })
  },

  pool_introduce({ pool: { db } }, name_label, name_description, MTU, other_config, bridge, managed, purpose) {
    return db.create('network', { name_label, name_description, MTU, other_config, bridge, managed, purpose })
  },

  /** VIFs that are not plugged go with the network (docs/spec/networking-semantics.md 8.3). */
  destroy({ pool: { db } }, self) {
    const vifs = db.get('network', self, 'VIFs')
    const used = vifs.filter(vif => db.get('VIF', vif, 'currently_attached') || db.get('VIF', vif, 'reserved'))
    if (used.length > 0) throw new Failure('NETWORK_CONTAINS_VIF', ...used)
    const pifs = db.get('network', self, 'PIFs')
    if (pifs.length > 0) throw new Failure('NETWORK_CONTAINS_PIF', ...pifs)
    if (db.get('network', self, 'other_config').get('is_host_internal_management_network') === 'true') {
      throw new Failure('CANNOT_DESTROY_SYSTEM_NETWORK', self)
    }
    for (const vif of vifs) destroyVif(db, vif)
    db.destroy('network', self)
  },

  async attach(context, network, host) {
    await attachNetwork(onHost(context, host), network, { force: true })
  },

  async attach_for_vm(context, host, vm) {
    await attachNetworks(onHost(context, host), context.pool.db.get('VM', vm, 'VIFs'))
  },

  async detach_for_vm(context, host, vm) {
    await detachNetworks(onHost(context, host), context.pool.db.get('VM', vm, 'VIFs'))
  },

  set_default_locking_mode({ pool: { db } }, network, value) {
    const attached = db.get('network', network, 'VIFs').find(vif => db.get('VIF', vif, 'currently_attached'))
    if (attached !== undefined) throw new Failure('VIF_IN_USE', network, attached)
    db.set('network', network, 'default_locking_mode', value)
  },

  add_purpose({ pool: { db } }, self, value) {
    checkManagedNetwork(db, self)
    const purposes = db.get('network', self, 'purpose')
    if (purposes.includes(value)) return
    const opposite = OPPOSITE[value]
    if (db.refs('network').some(other => db.get('network', other, 'purpose').includes(opposite))) {
      throw new Failure('NETWORK_INCOMPATIBLE_PURPOSES', value, opposite)
    }
    db.set('network', self, 'purpose', [value, ...purposes])
  },

  remove_purpose({ pool: { db } }, self, value) {
    const left = db.get('network', self, 'purpose').filter(purpose => purpose !== value)
    db.set('network', self, 'purpose', left)
  },
}

const OPPOSITE: Readonly<Record<NetworkPurpose, NetworkPurpose>> = { nbd: 'insecure_nbd', insecure_nbd: 'nbd' }

/** Names like those that a host gives by itself are for other hosts of the pool only. */
function checkBridgeName({ pool: { db, networks }, session }: Context, bridge: string): void {
  const fromPool = session !== undefined && db.get('session', session, 'pool')
  if (!fromPool && (bridge.length > 15 || /^(xen|xapi|vif|tap|eth)/.test(bridge))) {
    throw new Failure('INVALID_VALUE', 'bridge', bridge)
  }
  if (networks.bridgeNames.has(bridge)) throw new Failure('BRIDGE_NAME_EXISTS', bridge)
}
