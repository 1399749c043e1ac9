import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'

/** The PIF of a uuid or a reference. Throws FakeHostError. */
export function pifNamed(db: Database, name: string): Ref<'PIF'> {
  const found = db.refs('PIF').find(pif => pif === name || db.get('PIF', pif, 'uuid') === name)
  if (found === undefined) throw new FakeHostError(`there is no PIF ${JSON.stringify(name)}`)
  return found
}

/** The VIF of a uuid, a reference, or `VM/DEVICE` with the name or uuid of its VM. Throws FakeHostError. */
export function vifNamed(db: Database, name: string): Ref<'VIF'> {
  const [, vmName, device] = /^(.*)\/(\d+)$/s.exec(name) ?? []
  const isMeant = (vif: Ref<'VIF'>): boolean => {
    if (vif === name || db.get('VIF', vif, 'uuid') === name) return true
    const vm = db.get('VIF', vif, 'VM')
    if (device !== db.get('VIF', vif, 'device') || !db.exists('VM', vm)) return false
    return [db.get('VM', vm, 'name_label'), db.get('VM', vm, 'uuid')].some(known => known === vmName)
  }
  const found = db.refs('VIF').filter(isMeant)
  const [vif] = found
  if (vif === undefined || found.length > 1) {
    throw new FakeHostError(`${found.length > 1 ? 'several VIFs are' : 'no VIF is'} called ${JSON.stringify(name)}`)
  }
  return vif
}

/** The only PIF of a host that carries tunnels. Throws FakeHostError. */
export function transportOf({ db }: Pool, host: Ref<'host'>): Ref<'PIF'> {
  const found = db.get('host', host, 'PIFs').filter(pif => db.linked('PIF', pif, 'tunnel_transport_PIF_of').size > 0)
  const [pif] = found
  const name = db.get('host', host, 'name_label')
  if (pif === undefined) throw new FakeHostError(`no PIF of ${name} carries tunnels: name the PIF`)
  if (found.length > 1) throw new FakeHostError(`several PIFs of ${name} carry tunnels: name the PIF`)
  return pif
}
