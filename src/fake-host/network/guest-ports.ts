import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import { type Context, onHost } from '../dispatch/context.ts'
import { internalError } from '../dispatch/failure.ts'
import { attachNetwork } from './attach.ts'
import type { GuestPort } from './daemon.ts'
import { readMtu } from './mtu.ts'
import { isSriovNetwork } from './topology.ts'

/** VIFs as devices on the bridges of the host that their VM runs on (docs/spec/networking-semantics.md 17.6). */

/** The device of a VIF in the domain with this number. */
export const deviceOfVif = (db: Database, vif: Ref<'VIF'>, domid: number): string =>
  `vif${domid}.${Number(db.get('VIF', vif, 'device'))}`

/**
 * The context of the host where a VIF is plugged into a VM that has a domain; undefined where it is not.
 * Throws HOST_OFFLINE [host], CANNOT_CONTACT_HOST [host].
 */
function whereActive(context: Context, vif: Ref<'VIF'>): Context | undefined {
  const { db } = context.pool
  const vm = db.get('VIF', vif, 'VM')
  if (!db.get('VIF', vif, 'currently_attached') || !db.exists('VM', vm)) return undefined
  const [state, resident] = [db.get('VM', vm, 'power_state'), db.get('VM', vm, 'resident_on')]
  const hasDomain = (state === 'Running' || state === 'Paused') && db.exists('host', resident)
  return hasDomain ? onHost(context, resident) : undefined
}

/**
 * Connects a VIF to the bridge of its network, which is there, and writes the MTU that its device has then. On an SR-IOV network
 * the guest has a function of the NIC instead, and no bridge is involved.
 */
export async function connectVif(context: Context, vif: Ref<'VIF'>, domid: number): Promise<void> {
  const { db, networks } = context.pool
  if (isSriovNetwork(db, db.get('VIF', vif, 'network'))) return
  const { run, backend } = networks.of(context.host)
  const port = portOfVif(db, vif, domid)
  const mtu = await run(async daemon => {
    await backend.addGuestPort(port)
    return readMtu(daemon, port.device)
  })
  db.set('VIF', vif, 'MTU', mtu ?? port.mtu)
}

/** Takes a device off its bridge, where it is on one. */
export async function disconnectDevice({ pool: { networks }, host }: Context, device: string): Promise<void> {
  const { run, backend } = networks.of(host)
  await run(() => backend.removeGuestPort(device))
}

/** Lets the port of a VIF have what its record says by now, where it is plugged into a VM that has a domain. */
export function refreshVif(context: Context, vif: Ref<'VIF'>): Promise<void> {
  const { db, domains } = context.pool
  return domains.run(db.get('VIF', vif, 'VM'), async () => {
    const local = db.exists('VIF', vif) ? whereActive(context, vif) : undefined
    if (local) await refresh(local, vif)
  })
}

async function refresh({ pool: { db, networks }, host }: Context, vif: Ref<'VIF'>): Promise<void> {
  if (isSriovNetwork(db, db.get('VIF', vif, 'network'))) return
  const { run, backend } = networks.of(host)
  const port = portOfVif(db, vif, db.get('VM', db.get('VIF', vif, 'VM'), 'domid'))
  await run(() => backend.addGuestPort(port))
}

/**
 * Gives a VIF another network, in the turn of its VM. Where it is active it goes on there (docs/spec/networking-semantics.md 9.2).
 * Throws INTERNAL_ERROR where an active VIF would have to become an SR-IOV function.
 */
export async function moveVif(context: Context, vif: Ref<'VIF'>, network: Ref<'network'>): Promise<void> {
  const { db } = context.pool
  db.set('VIF', vif, 'network', network)
  const local = whereActive(context, vif)
  if (!local) return
  await attachNetwork(local, network)
  if (isSriovNetwork(db, network)) throw internalError('a plugged VIF cannot move to an SR-IOV network')
  await refresh(local, vif)
}

export function portOfVif(db: Database, vif: Ref<'VIF'>, domid: number): GuestPort {
  const network = db.get('VIF', vif, 'network')
  const own = db.get('VIF', vif, 'locking_mode')
  return {
    device: deviceOfVif(db, vif, domid),
    bridge: db.get('network', network, 'bridge'),
    MAC: db.get('VIF', vif, 'MAC'),
    mtu: requestedMtu(db, vif),
    vm: db.get('VM', db.get('VIF', vif, 'VM'), 'uuid'),
    vif: db.get('VIF', vif, 'uuid'),
    network: db.get('network', network, 'uuid'),
    locking: own === 'network_default' ? db.get('network', network, 'default_locking_mode') : own,
    ipv4Allowed: db.get('VIF', vif, 'ipv4_allowed'),
    ipv6Allowed: db.get('VIF', vif, 'ipv6_allowed'),
    trunks: db.get('VIF', vif, 'trunks'),
  }
}

/** docs/spec/networking-semantics.md 9.3, last paragraph */
function requestedMtu(db: Database, vif: Ref<'VIF'>): number {
  const own = db.get('VIF', vif, 'other_config').get('mtu')
  if (own !== undefined && /^\d+$/.test(own)) return Number(own)
  return db.get('network', db.get('VIF', vif, 'network'), 'MTU')
}
