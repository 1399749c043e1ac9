import type { Ref } from '../../datamodel/index.ts'
import type { Database } from '../database/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { type Backend, type BridgePolicy, type ControllerPush, DaemonError } from './daemon.ts'

/** The port of a switch that waits for its controller, whatever the record says. */
const PASSIVE_PORT = 6640

/**
 * Tells the switch of a host about the controller of the pool, as on a host the plugin `openvswitch-config-update` does. Where that
 * fails, or the host has no switch, the host goes on as it was.
 */
export async function pushController({ db, networks }: Pool, host: Ref<'host'>): Promise<void> {
  const { run, backend } = networks.of(host)
  await run(() => pushControllerTo(db, backend))
}

/** The same, of a back end that nobody else is working on. */
export async function pushControllerTo(db: Database, backend: Backend): Promise<void> {
  try {
    await backend.pushController(controllerPush(db))
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
  }
}

function controllerPush(db: Database): ControllerPush {
  const [controller] = db.refs('SDN_controller')
  const [pool] = db.refs('pool')
  const bridges = new Map<string, BridgePolicy>()
  for (const network of db.refs('network')) {
    const settings = db.get('network', network, 'other_config')
    bridges.set(db.get('network', network, 'bridge'), {
      disableInBand: settings.get('vswitch-disable-in-band'),
      failMode: settings.get('vswitch-controller-fail-mode'),
    })
  }
  return {
    manager: controller && managerOf(db, controller),
    bridges,
    failMode: pool && db.get('pool', pool, 'other_config').get('vswitch-controller-fail-mode'),
  }
}

function managerOf(db: Database, controller: Ref<'SDN_controller'>): string {
  if (db.get('SDN_controller', controller, 'protocol') === 'pssl') return `pssl:${PASSIVE_PORT}`
  return `ssl:${db.get('SDN_controller', controller, 'address')}:${db.get('SDN_controller', controller, 'port')}`
}
