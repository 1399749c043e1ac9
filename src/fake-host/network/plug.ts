import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { bringDown } from './bring-down.ts'
import { bringUp } from './bring-up.ts'
import {
  checkManagedPif,
  checkNoFcoeSr,
  checkNoProtection,
  checkNotManagement,
  checkNoVifsInUse,
  checkUnplugAllowed,
} from './checks/index.ts'
import { layerBelow, layerOf, sriovBelowVlan } from './topology.ts'

/** PIF.plug on the host of the PIF (docs/spec/networking-semantics.md 4.2). What it stands on is plugged first. */
export async function plug(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const { db } = context.pool
  checkManagedPif(db, pif)
  const layer = layerOf(db, pif)
  const bond = db.get('PIF', pif, 'bond_slave_of')
  switch (layer.kind) {
    case 'tunnel': {
      const transport = db.get('tunnel', layer.tunnel, 'transport_PIF')
      if (db.get('PIF', transport, 'ip_configuration_mode') === 'None') {
        throw new Failure('TRANSPORT_PIF_NOT_CONFIGURED', transport)
      }
      await plug(context, transport)
      break
    }
    case 'VLAN': {
      const logical = sriovBelowVlan(db, layer)
      if (logical) await plug(context, logical.pif)
      break
    }
    case 'sriov': {
      const physical = layerBelow(db, layer)
      if (physical) await plug(context, physical.pif)
      break
    }
    case 'physical': {
      if (bond === NULL_REF) break
      if (db.linked('PIF', pif, 'sriov_physical_PIF_of').size === 0) throw new Failure('CANNOT_PLUG_BOND_SLAVE', pif)
      await plug(context, db.get('Bond', bond, 'master'))
      break
    }
  }
  if (bond === NULL_REF) await bringUp(context, pif)
}

/** PIF.unplug on the host of the PIF (docs/spec/networking-semantics.md 4.3). What stands on it is unplugged first, VLANs excepted. */
export async function unplug(context: Context, pif: Ref<'PIF'>): Promise<void> {
  const { db } = context.pool
  checkManagedPif(db, pif)
  checkNoProtection(context, pif)
  checkNotManagement(db, pif)
  checkNoVifsInUse(db, db.get('PIF', pif, 'network'), context.host)
  checkUnplugAllowed(db, pif)
  checkNoFcoeSr(context, pif)
  for (const tunnel of db.get('PIF', pif, 'tunnel_transport_PIF_of')) {
    await unplug(context, db.get('tunnel', tunnel, 'access_PIF'))
  }
  for (const upper of sriovUsersOf(context, pif)) await unplug(context, upper)
  if (db.get('PIF', pif, 'bond_slave_of') === NULL_REF) await bringDown(context, pif)
}

/** PIFs that have to go down with this one because SR-IOV joins them. */
function sriovUsersOf({ pool: { db } }: Context, pif: Ref<'PIF'>): readonly Ref<'PIF'>[] {
  const layer = layerOf(db, pif)
  switch (layer.kind) {
    case 'bond':
      return db
        .get('Bond', layer.bond, 'slaves')
        .filter(slave => db.linked('PIF', slave, 'sriov_physical_PIF_of').size > 0)
    case 'sriov':
      return db.get('PIF', pif, 'VLAN_slave_of').map(vlan => db.get('VLAN', vlan, 'untagged_PIF'))
    case 'physical':
      return db.get('PIF', pif, 'sriov_physical_PIF_of').map(sriov => db.get('network_sriov', sriov, 'logical_PIF'))
    default:
      return []
  }
}
