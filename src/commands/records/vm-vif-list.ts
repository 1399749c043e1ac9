import type { Command, Context, Output, Session } from '../command.ts'
import { CommandError } from '../errors.ts'
import { find, flag, type Parameters } from '../parameters.ts'
import { list, text } from '../wire.ts'
import type { Subject } from './field.ts'
import { filter } from './filters.ts'
import { allSubjects, listCommand, recordsOf } from './list.ts'
import { isGeneral } from './target.ts'
import { prepare } from './view.ts'
import { vif } from './vif.ts'
import { vm } from './vm.ts'

const shown = ['uuid', 'vm-name-label', 'device', 'MAC', 'network-uuid', 'network-name-label']

/** The list of a machine's interfaces; what selects the machine stands in for `<vm-selectors>` (docs/decisions/vm-selectors.md). */
const vmVifList: Command = {
  name: 'vm-vif-list',
  required: [],
  optional: ['<vm-selectors>'],
  description:
    'List the network interfaces of the VM that vm=NAME-OR-UUID or FIELD=VALUE selects (of several with --multiple).',
  common: true,
  prints: 'One record for each, and two empty lines after each record.',
  examples: ['vm-vif-list vm=web', 'vm-vif-list power-state=running --multiple'],
  async run(context, parameters): Promise<Output> {
    const machines = await select(context, parameters)
    const interfaces = await interfacesOf(context.session, machines)
    const fields = vif.fields.filter(field => shown.includes(field.name))
    await prepare(fields, interfaces)
    return recordsOf(fields, interfaces, context)
  },
  watches: () => ['VM', 'VIF', 'network'],
}

export const vmCommands: readonly Command[] = [listCommand(vm), vmVifList]

async function select({ session }: Context, parameters: Parameters): Promise<readonly Subject[]> {
  const all = await allSubjects(session, vm)
  const machines = await narrowed(all, [
    ['is-a-template', 'false'],
    ['is-control-domain', 'false'],
  ])
  const named = find(parameters, 'vm')
  const selected = named === undefined ? await narrowed(machines, parameters) : await called(machines, named)
  if (selected.length === 0) throw new CommandError('no VM matches')
  if (selected.length > 1 && !flag(parameters, 'multiple'))
    throw new CommandError(`${selected.length} VMs match; say --multiple to mean all of them`)
  return selected
}

/** A uuid is tried first, so that a name cannot stand in for one. */
async function called(machines: readonly Subject[], name: string): Promise<readonly Subject[]> {
  const [byUuid, byName] = [
    await narrowed(machines, [['uuid', name]]),
    await narrowed(machines, [['name-label', name]]),
  ]
  return byUuid.length > 0 ? byUuid : byName
}

async function narrowed(subjects: readonly Subject[], parameters: Parameters): Promise<readonly Subject[]> {
  let left = subjects
  for (const [name, value] of parameters)
    if (left.length > 0 && !isGeneral(name)) left = await filter(vm, left, name, value)
  return left
}

async function interfacesOf(session: Session, machines: readonly Subject[]): Promise<readonly Subject[]> {
  const refs = machines.flatMap(({ record }) => list(record.get('VIFs') ?? []).map(text))
  const others = machines[0]?.others
  await others?.fetch(refs.map(ref => ({ class: 'VIF', ref, what: 'record' })))
  return refs.flatMap(ref => {
    const record = others?.record('VIF', ref)
    return others && record ? [{ session, ref, record, others }] : []
  })
}
