import type { Ref } from '../../datamodel/index.ts'
import type { Database, Stored } from '../database/index.ts'

interface End {
  readonly field: string
  readonly class: Stored
}
/** What goes when an object at one of its ends is gone. */
interface Rule {
  readonly class: Stored
  readonly ends: readonly End[]
}

const to = (cls: Stored, field: string = cls): End => ({ class: cls, field })

/** In the order of docs/spec/protocol-semantics.md 3.8. */
const rules: readonly Rule[] = [
  { class: 'VBD', ends: [to('VM')] },
  { class: 'crashdump', ends: [to('VM'), to('VDI')] },
  { class: 'VIF', ends: [to('VM'), to('network')] },
  { class: 'PBD', ends: [to('host'), to('SR')] },
  { class: 'PUSB', ends: [to('host')] },
  { class: 'VGPU', ends: [to('VM'), to('GPU_group')] },
  { class: 'Cluster_host', ends: [to('host'), to('PIF')] },
  { class: 'console', ends: [to('VM')] },
]

/**
 * Deletes rows whose references lead nowhere, as the coordinator does now and then. These are deletions in the database: nothing
 * is unplugged (docs/spec/networking-semantics.md 18).
 */
export function collectDangling(db: Database): void {
  collect(db, { class: 'VDI', ends: [to('SR')] })
  for (const pif of invalid(db, { class: 'PIF', ends: [to('host'), to('network')] })) collectPif(db, pif)
  for (const rule of rules) collect(db, rule)
}

/** Tunnels go last, after what they stood on. */
export function collectTunnels(db: Database): void {
  for (const tunnel of invalid(db, { class: 'tunnel', ends: [to('PIF', 'access_PIF'), to('PIF', 'transport_PIF')] })) {
    const access = db.get('tunnel', tunnel, 'access_PIF')
    db.destroy('tunnel', tunnel)
    drop(db, 'PIF', access)
  }
}

function invalid(db: Database, { class: cls, ends }: Rule): string[] {
  return db.refs(cls).filter(ref => {
    const { values } = db.row(cls, ref)
    return ends.some(end => !db.exists(end.class, String(values[end.field])))
  })
}

function collect(db: Database, rule: Rule): void {
  for (const ref of invalid(db, rule)) {
    const { metrics } = db.row(rule.class, ref).values
    if (rule.class === 'VIF') drop(db, 'VIF_metrics', String(metrics))
    db.destroy(rule.class, ref)
  }
}

function collectPif(db: Database, pif: Ref<'PIF'>): void {
  const vlan = db.get('PIF', pif, 'VLAN_master_of')
  const tunnels = db.get('PIF', pif, 'tunnel_access_PIF_of')
  if (!db.exists('VLAN', vlan) && tunnels.length === 0) drop(db, 'PIF_metrics', db.get('PIF', pif, 'metrics'))
  drop(db, 'VLAN', vlan)
  for (const tunnel of tunnels) drop(db, 'tunnel', tunnel)
  for (const sriov of db.get('PIF', pif, 'sriov_logical_PIF_of')) drop(db, 'network_sriov', sriov)
  for (const bond of db.get('PIF', pif, 'bond_master_of')) drop(db, 'Bond', bond)
  db.destroy('PIF', pif)
}

function drop(db: Database, cls: Stored, ref: string): void {
  if (db.exists(cls, ref)) db.destroy(cls, ref)
}
