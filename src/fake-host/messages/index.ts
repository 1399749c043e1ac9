import type { Message, Value, XenApi } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { event } from './event.ts'
import { host } from './host.ts'
import { network } from './network.ts'
import { pif } from './pif.ts'
import { pool } from './pool.ts'
import { role } from './role.ts'
import { session } from './session.ts'
import { sr } from './sr.ts'
import { task } from './task.ts'
import { tunnel } from './tunnel.ts'
import { vlan } from './vlan.ts'

/** A parameter is a Value, or an object where it is a constructor's record. */
type AnyBody = (context: Context, ...parameters: (Value | Readonly<Record<string, Value>>)[]) => unknown

const classes: { readonly [C in keyof XenApi]?: Messages<C> } = {
  event,
  host,
  network,
  PIF: pif,
  pool,
  role,
  session,
  SR: sr,
  task,
  tunnel,
  VLAN: vlan,
}

/** The body that a class's file gives a message; undefined where it is generated or not implemented. */
export function bodyOf(message: Message): AnyBody | undefined {
  const bodies = classes[message.class as keyof XenApi] as Readonly<Record<string, AnyBody>> | undefined // by name
  return bodies?.[message.name.slice(message.class.length + 1)]
}
