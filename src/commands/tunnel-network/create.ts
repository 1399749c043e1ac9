import type { Value } from '../../datamodel/index.ts'
import { TransportError } from '../../xapi/index.ts'
import { uuidOf } from '../calls.ts'
import { type Command, type Output, values } from '../command.ts'
import { shownValues, truthValues } from '../enumerations.ts'
import { CommandError, PartialFailure } from '../errors.ts'
import { text } from '../wire.ts'
import { type Finding, Obstacles, parameter, visible } from './findings.ts'
import { type Failed, makeTunnels } from './make.ts'
import { type Order, readOrder } from './order.ts'
import { type Plan, planFor } from './plan.ts'
import { readPool } from './pool.ts'
import { counted } from './remove.ts'
import { removeLeftovers, unmake } from './unmake.ts'
import { inShort, type Work, warn, workIn } from './work.ts'

const optional = ['pif-device', 'pif-uuids', 'vlan', 'hosts', 'protocol', 'mtu', 'name-description', 'keep-going']

/** docs/tunnel-networks.md */
export const create: Command = {
  name: 'tunnel-network-create',
  required: ['name-label'],
  optional,
  choices: { protocol: shownValues('tunnel_protocol'), 'keep-going': truthValues },
  description:
    'Make a network that spans hosts: the network and a tunnel on every host, or on those named, or nothing.',
  prints: 'The uuid of the network. What should be known of it, and what is in the way of it, goes to standard error.',
  examples: [
    'tunnel-network-create name-label=red pif-device=eth1',
    'tunnel-network-create name-label=red pif-device=bond0 vlan=20 protocol=vxlan hosts=host1,host2',
    'tunnel-network-create name-label=red pif-uuids=UUID,UUID mtu=1400',
    'tunnel-network-create name-label=red pif-device=eth1 --keep-going',
  ],
  async run(context, parameters) {
    const work = workIn(context)
    const order = readOrder(parameters, ['name-label', ...optional])
    const plan = planFor(await readPool(work.session), order)
    const leftOut = sortOut(work, plan, order)
    return work.whole(() => carryOut(work, order, plan, leftOut))
  },
}

/** Ends the command where something is in the way; hosts may be left out where failures are to be passed over. */
function sortOut(work: Work, { transports, obstacles, warnings, reason }: Plan, order: Order): readonly Finding[] {
  const leftOut = order.keepGoing ? obstacles.filter(finding => finding.isLocal) : []
  const fatal = obstacles.length > leftOut.length || transports.length === 0
  if (fatal && obstacles.length > 0) throw new Obstacles(`${visible(order.nameLabel)} cannot be made`, obstacles)
  if (transports.length === 0) throw new CommandError('there is no host to make a tunnel on')
  warn(work, [...warnings, ...leftOut])
  if (reason !== undefined) work.note(reason)
  return leftOut
}

async function carryOut(work: Work, order: Order, plan: Plan, leftOut: readonly Finding[]): Promise<Output> {
  const { session, signal } = work
  signal.throwIfAborted()
  const network = await makeNetwork(work, order, plan.MTU)
  const uuid = await undoing(uuidOf(session, 'network', network), () => takeBack(work, order, plan, { network }))
  const failed = await makeTunnels(work, network, plan.transports, order)
  for (const failure of failed) work.remark(`${place(failure)}: no tunnel: ${inShort(failure.error)}`)
  const isNothing = failed.length === plan.transports.length
  if (signal.aborted || (failed.length > 0 && (!order.keepGoing || isNothing))) {
    await takeBack(work, order, plan, { network, uuid })
    signal.throwIfAborted()
    throw failed[0]?.error
  }
  const left = failed.length > 0 ? await removeLeftovers(work, plan.pool, network, failed) : []
  for (const line of left) work.remark(`Left behind: ${line}.`)
  const output = values(uuid)
  const missing = failed.length + new Set(leftOut.map(finding => finding.host)).size
  if (missing === 0) return output
  const without = `${visible(order.nameLabel)} was made without ${counted(missing, 'host')}`
  throw new PartialFailure(`${without}: tunnel-create network-uuid=${uuid} pif-uuid=... adds a host later.`, output)
}

/** The result of a call; what came before it is undone where it fails. */
async function undoing<T>(call: Promise<T>, undo: () => Promise<void>): Promise<T> {
  try {
    return await call
  } catch (error) {
    await undo()
    throw error
  }
}

async function makeNetwork({ session, remark }: Work, order: Order, MTU: number): Promise<string> {
  try {
    return text(await session.call('network.create', record(order, MTU)))
  } catch (error) {
    if (error instanceof TransportError)
      remark(`Whether the network was made is not known: see network-list ${parameter('name-label', order.nameLabel)}.`)
    throw error
  }
}

const place = ({ host, pif }: Failed): string => `${visible(host.nameLabel)}: PIF ${visible(pif.device)} (${pif.uuid})`

function record(order: Order, MTU: number): Value {
  return new Map<string, Value>([
    ['name_label', order.nameLabel],
    ['name_description', order.nameDescription],
    ['MTU', MTU],
    ['other_config', new Map()],
    ['bridge', ''],
    ['managed', true],
    ['tags', []],
  ])
}

interface Begun {
  readonly network: string
  readonly uuid?: string
}

async function takeBack(work: Work, order: Order, { pool }: Plan, { network, uuid }: Begun): Promise<void> {
  const { tunnels, isNetworkGone, left } = await unmake(work, pool, network)
  const what = `${counted(tunnels, 'tunnel')}${isNetworkGone ? ' and the network' : ''}`
  if (isNetworkGone || tunnels > 0) work.remark(`Removed again: ${what}.`)
  for (const line of left) work.remark(`Left behind: ${line}.`)
  if (isNetworkGone) return
  const which = uuid === undefined ? 'uuid=...' : `uuid=${uuid}`
  work.remark(
    `The network ${visible(order.nameLabel)} is still there: tunnel-network-destroy ${which} removes it with its tunnels, ` +
      `network-destroy ${which} once it has none.`,
  )
}
