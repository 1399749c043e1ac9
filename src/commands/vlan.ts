import { XapiError } from '../xapi/index.ts'
import { byUuid, uuidOf } from './calls.ts'
import { type Command, nothing, type Session, values } from './command.ts'
import { CommandError } from './errors.ts'
import { parseInteger } from './integers.ts'
import { type Parameters, required } from './parameters.ts'
import { recordCommands } from './records/index.ts'
import { vlan } from './records/vlan.ts'
import { text } from './wire.ts'

/** docs/spec/xe-cli-semantics.md 4.3 and 5. */
export const vlanCommands: readonly Command[] = [
  ...recordCommands(vlan),
  {
    name: 'vlan-create',
    required: ['pif-uuid', 'vlan', 'network-uuid'],
    optional: [],
    description: 'Add a VLAN with the given tag to a PIF of one host, and attach the given network to it.',
    prints: "The uuid of the VLAN's untagged PIF (not of the VLAN).",
    examples: ['vlan-create pif-uuid=UUID vlan=100 network-uuid=UUID'],
    async run({ session }, parameters) {
      const { network, pif, tag } = await vlanArguments(session, parameters)
      const vlan = await session.call('VLAN.create', pif, tag, network)
      return values(await uuidOf(session, 'PIF', text(await session.call('VLAN.get_untagged_PIF', vlan))))
    },
  },
  {
    name: 'vlan-destroy',
    required: ['uuid'],
    optional: [],
    description: 'Remove a VLAN, named by its own uuid or by that of its untagged PIF.',
    prints: 'Nothing.',
    examples: ['vlan-destroy uuid=UUID'],
    async run({ session }, parameters) {
      await destroy(session, required(parameters, 'uuid'))
      return nothing
    },
  },
]

/** The arguments that make a VLAN, looked up and read in the order in which the original complains. */
export async function vlanArguments(
  session: Session,
  parameters: Parameters,
): Promise<{ network: string; pif: string; tag: number | bigint }> {
  const network = await byUuid(session, 'network', required(parameters, 'network-uuid'))
  const pif = await byUuid(session, 'PIF', required(parameters, 'pif-uuid'))
  const tag = parseInteger(required(parameters, 'vlan'))
  if (tag === undefined) throw new CommandError('vlan takes an integer')
  return { network, pif, tag }
}

async function destroy(session: Session, uuid: string): Promise<void> {
  try {
    await session.call('VLAN.destroy', await byUuid(session, 'VLAN', uuid))
  } catch (error) {
    if (!(error instanceof XapiError) || error.code === 'HANDLE_INVALID' || error.code === 'HOST_OFFLINE') throw error
    const pif = await untaggedPif(session, uuid)
    if (pif === undefined) throw error
    await session.call('PIF.destroy', pif)
  }
}

async function untaggedPif(session: Session, uuid: string): Promise<string | undefined> {
  try {
    return await byUuid(session, 'PIF', uuid)
  } catch (error) {
    if (error instanceof XapiError) return undefined
    throw error
  }
}
