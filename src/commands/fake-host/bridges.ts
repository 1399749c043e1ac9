import type { Command, Line } from '../command.ts'
import { find } from '../parameters.ts'
import { listOf, membersOf, textOf, truthOf } from './answer.ts'

export const bridgesCommand: Command = {
  name: 'fake-host-bridges',
  required: [],
  optional: ['host'],
  tabular: true,
  description: 'Show the bridges of a fake pool with what is on them, of every host or of one.',
  prints:
    'A record a bridge: its host, network, VLAN and ports. A tunnel port shows where it leads. On a terminal a table.',
  examples: ['fake-host-bridges', 'fake-host-bridges host=host1'],
  async run({ askFake }, parameters) {
    const host = find(parameters, 'host')
    const answer = membersOf(await askFake('/fake/bridges', host === undefined ? {} : { host }))
    const records = listOf(answer.hosts).flatMap(each => hostRecords(membersOf(each)))
    return { kind: 'records', records, fields: FIELDS }
  },
}

const FIELDS = ['host', 'bridge', 'network', 'VLAN', 'up', 'ports'] as const

type Members = Readonly<Record<string, unknown>>

function hostRecords(host: Members): (readonly Line[])[] {
  return listOf(host.bridges).map(each => {
    const bridge = membersOf(each)
    const [vlan, parent] = [bridge.vlan, bridge.parent]
    const ports = listOf(bridge.ports).map(port => portText(membersOf(port)))
    return [
      ['host ( RO)', textOf(host.host)],
      ['bridge ( RO)', textOf(bridge.name)],
      ['network ( RO)', textOf(bridge.network)],
      ['VLAN ( RO)', vlan === undefined ? '' : `${vlan}${parent === undefined ? '' : ` on ${parent}`}`],
      ['up ( RO)', String(truthOf(bridge.up)), truthOf(bridge.up)],
      ['ports (SRO)', ports.join('; '), ports],
    ]
  })
}

function portText({ name, kind, interfaces, guest, remote_ip, key, bfd, error }: Members): string {
  const details = {
    bond: () => listOf(interfaces).join(' + '),
    vif: () => textOf(guest),
    gre: () => link(),
    vxlan: () => link(),
  }
  const link = (): string =>
    [
      `${kind} to ${textOf(remote_ip)}`,
      ...(key === undefined ? [] : [`key ${key}`]),
      ...(bfd === undefined ? [] : [bfd]),
    ].join(', ')
  const detail = details[kind as keyof typeof details]?.() // undefined for a kind without details
  const all = [...(detail === undefined ? [] : [detail]), ...(error === undefined ? [] : [textOf(error)])]
  return all.length === 0 ? textOf(name) : `${textOf(name)} (${all.join(', ')})`
}
