import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Context } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { bringUp } from './bring-up.ts'
import { checkNotBondSlave } from './checks/index.ts'
import type { InterfaceConfig, NetworkDaemon } from './daemon.ts'
import { prefixLength } from './device-settings.ts'
import { pifsOn } from './topology.ts'

interface AttachOptions {
  /** The network is to carry the management interface. */
  readonly management?: boolean
  /** PIFs that are up are brought up again. */
  readonly force?: boolean
}

/**
 * Makes a network available on the executing host (docs/spec/networking-semantics.md 8.5).
 * Throws BRIDGE_NOT_AVAILABLE [bridge], CANNOT_PLUG_BOND_SLAVE [pif] and what bringing up a PIF throws.
 */
export async function attachNetwork(
  context: Context,
  network: Ref<'network'>,
  { management = false, force = false }: AttachOptions = {},
): Promise<void> {
  const {
    pool: { db, networks },
    host,
  } = context
  const { run } = networks.of(host)
  const bridge = db.get('network', network, 'bridge')
  if (!db.get('network', network, 'managed')) {
    const bridges = await run(daemon => daemon['Bridge.get_all']())
    if (!bridges.includes(bridge)) throw new Failure('BRIDGE_NOT_AVAILABLE', bridge)
    return
  }
  const local = pifsOn(db, network, host)
  await run(async daemon => {
    if (local.length === 0) await createInternalBridge(db, daemon, network)
    await addressInternalBridge(db, daemon, network)
  })
  for (const pif of local) {
    const needed = force || management || !db.get('PIF', pif, 'currently_attached')
    if (!db.get('PIF', pif, 'managed') || !needed) continue
    checkNotBondSlave(db, pif)
    await bringUp(context, pif, { management })
  }
}

/** Makes the bridge of a network that has no PIF on the host, unless it is there. */
export async function createInternalBridge(
  db: Database,
  daemon: NetworkDaemon,
  network: Ref<'network'>,
): Promise<void> {
  const bridge = db.get('network', network, 'bridge')
  if ((await daemon['Bridge.get_all']()).includes(bridge)) return
  const persistent = db.get('network', network, 'other_config').has('persist')
  await daemon['Bridge.create'](bridge, {
    other_config: new Map([['network-uuids', db.get('network', network, 'uuid')]]),
    ports: new Map(),
    persistent,
  })
  await daemon['Bridge.set_persistent'](bridge, persistent)
}

/** The network between a host and guests that install it has an address on the host's side. */
async function addressInternalBridge(db: Database, daemon: NetworkDaemon, network: Ref<'network'>): Promise<void> {
  const settings = db.get('network', network, 'other_config')
  const [address, netmask] = [settings.get('ip_begin'), settings.get('netmask')]
  if (settings.get('is_guest_installer_network') !== 'true' || address === undefined || netmask === undefined) return
  const device: InterfaceConfig = {
    ipv4_conf: ['Static4', [[address, prefixLength(netmask)]]],
    ipv6_conf: 'Linklocal6',
    ipv4_routes: [],
    mtu: db.get('network', network, 'MTU'),
    ethtool_settings: new Map(),
    ethtool_offload: new Map(),
    persistent: settings.has('persist'),
  }
  await daemon['Interface.make_config'](new Map([[db.get('network', network, 'bridge'), device]]))
}
