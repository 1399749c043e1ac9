import type { Message, Value, XenApi } from '../../datamodel/index.ts'
import type { Context, Messages } from '../dispatch/context.ts'
import { bond } from './bond.ts'
import { cluster } from './cluster.ts'
import { clusterHost } from './cluster-host.ts'
import { event } from './event.ts'
import { host } from './host.ts'
import { network } from './network.ts'
import { networkSriov } from './network-sriov.ts'
import { pif } from './pif.ts'
import { pool } from './pool.ts'
import { role } from './role.ts'
import { sdnController } from './sdn-controller.ts'
import { session } from './session.ts'
import { sr } from './sr.ts'
import { subject } from './subject.ts'
import { task } from './task.ts'
import { tunnel } from './tunnel.ts'
import { vif } from './vif.ts'
import { vlan } from './vlan.ts'
import { vm } from './vm.ts'

/** A parameter is a Value, or an object where it is a constructor's record. */
type AnyBody = (context: Context, ...parameters: (Value | Readonly<Record<string, Value>>)[]) => unknown

const classes: { readonly [C in keyof XenApi]?: Messages<C> } = {
  Bond: bond,
  Cluster: cluster,
  Cluster_host: clusterHost,
  event,
  host,
  network,
  network_sriov: networkSriov,
  PIF: pif,
  pool,
  role,
  SDN_controller: sdnController,
  session,
  SR: sr,
  subject,
  task,
  tunnel,
  VIF: vif,
  VLAN: vlan,
  VM: vm,
}

/** The body that a class's file gives a message; undefined where it is generated or not implemented. */
export function bodyOf(message: Message): AnyBody | undefined {
  const bodies = classes[message.class as keyof XenApi] as Readonly<Record<string, AnyBody>> | undefined // by name
  return bodies?.[message.name.slice(message.class.length + 1)]
}
