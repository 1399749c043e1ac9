import type { Ref, SdnControllerProtocol } from '../../datamodel/index.ts'
import type { Context, Messages, Pool } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { checkAddress } from '../network/index.ts'

const DEFAULT_PORT = 6632

export const sdnController: Messages<'SDN_controller'> = {
  introduce: (context, protocol, address, port) => introduceController(context, protocol, address, port),

  /** docs/spec/networking-semantics.md 15.2 */
  forget({ pool: { db } }, self) {
    db.destroy('SDN_controller', self)
  },
}

/** docs/spec/networking-semantics.md 15.1 */
function introduceController(
  context: Context,
  protocol: SdnControllerProtocol,
  address: string,
  port: number,
): Ref<'SDN_controller'> {
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
  return db.create('SDN_controller', {
    protocol,
    address,
    port: protocol === 'ssl' && port === 0 ? DEFAULT_PORT : port,
  })
}

/** Deprecated. It does not notice when the controller is changed by its own messages (docs/spec/networking-semantics.md 15.3). */
export function setVswitchController(context: Context, self: Ref<'pool'>, address: string): void {
  const { db } = context.pool
  checkSwitched(context)
  if (address === db.get('pool', self, 'vswitch_controller')) return
  if (address !== '') checkAddress('ipv4', 'address', address)
  db.set('pool', self, 'vswitch_controller', address)
  forgetAll(context.pool)
  if (address !== '') introduceController(context, 'ssl', address, DEFAULT_PORT)
}

function forgetAll({ db }: Pool): void {
  for (const controller of db.refs('SDN_controller')) db.destroy('SDN_controller', controller)
}

/** Asks the host itself, not the database. */
function checkSwitched({ pool, host }: Context): void {
  if (pool.networks.of(host).backend.kind !== 'openvswitch') {
    throw new Failure('OPERATION_NOT_ALLOWED', 'the network back end is not Open vSwitch')
  }
}
