import type { Ref, SdnControllerProtocol } from '../../datamodel/index.ts'
import { type Context, isLive, type Messages, type Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { checkAddress, pushController } from '../network/index.ts'

const DEFAULT_PORT = 6632

export const sdnController: Messages<'SDN_controller'> = {
  introduce: (context, protocol, address, port) => introduceController(context, protocol, address, port),

  /** docs/spec/networking-semantics.md 15.2 */
  async forget({ pool }, self) {
    pool.db.destroy('SDN_controller', self)
    await pushEverywhere(pool)
  },
}

/** Hosts that do not run hear of it when they start. */
async function pushEverywhere(pool: Pool): Promise<void> {
  for (const host of pool.db.refs('host')) {
    if (isLive(pool, host) && pool.hosts.isRunning(host)) await pushController(pool, host)
  }
}

/** docs/spec/networking-semantics.md 15.1 */
async function introduceController(
  context: Context,
  protocol: SdnControllerProtocol,
  address: string,
  port: number,
): Promise<Ref<'SDN_controller'>> {
  const { db } = context.pool
  checkSwitched(context)
  if (db.refs('SDN_controller').length > 0) throw new Failure('OPERATION_NOT_ALLOWED', 'the pool has an SDN controller')
  if (protocol === 'pssl') {
    if (address !== '') throw new Failure('INVALID_VALUE', 'address', address)
    if (port !== 0) throw new Failure('INVALID_VALUE', 'port', String(port))
  } else {
    if (address === '') throw new Failure('INVALID_VALUE', 'address', address)
    checkAddress('ipv4', 'address', address)
  }
  if (port !== 0 && (port < 1 || port > 65535)) {
    throw new Failure('VALUE_NOT_SUPPORTED', 'port', String(port), 'a port is a number from 1 to 65535')
  }
  const controller = db.create('SDN_controller', {
    protocol,
    address,
    port: protocol === 'ssl' && port === 0 ? DEFAULT_PORT : port,
  })
  await pushEverywhere(context.pool)
  return controller
}

/** Deprecated. It does not notice when the controller is changed by its own messages (docs/spec/networking-semantics.md 15.3). */
export async function setVswitchController(context: Context, self: Ref<'pool'>, address: string): Promise<void> {
  const { pool } = context
  const { db } = pool
  checkSwitched(context)
  if (address === db.get('pool', self, 'vswitch_controller')) return
  if (address !== '') checkAddress('ipv4', 'address', address)
  db.set('pool', self, 'vswitch_controller', address)
  const former = db.refs('SDN_controller')
  for (const controller of former) db.destroy('SDN_controller', controller)
  if (former.length > 0) await pushEverywhere(pool)
  if (address !== '') await introduceController(context, 'ssl', address, DEFAULT_PORT)
}

/** Asks the host itself, not the database. */
function checkSwitched({ pool, host }: Context): void {
  if (pool.networks.of(host).backend.kind !== 'openvswitch') {
    throw new Failure('OPERATION_NOT_ALLOWED', 'the network back end is not Open vSwitch')
  }
}
