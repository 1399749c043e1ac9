import { type Value, XapiError } from '../../../src/xapi/index.ts'
import { type Host, hostWith } from '../host.ts'

type Fields = Readonly<Record<string, Value>>

const uuid = (at: number): string => `${String(at).repeat(8)}-0000-4000-8000-${String(at).repeat(12)}`
const ref = (cls: string, at: number): string => `OpaqueRef:${cls}-${at}`

const network = (at: number, name_label: string): Fields => ({
  uuid: uuid(at),
  name_label,
  name_description: '',
  bridge: `xapi${at}`,
  MTU: 1500,
  VIFs: [],
  PIFs: [ref('PIF', at)],
  other_config: new Map([
    ['9', 'first'],
    ['1', 'last'],
  ]),
  tags: [],
})

const pif = (at: number, device: string): Fields => ({
  uuid: uuid(at),
  device,
  MAC: `02:00:00:00:00:0${at}`,
  VLAN: -1,
  MTU: 1500,
  currently_attached: at % 2 === 1,
  network: ref('network', at),
  host: ref('host', 1),
  tunnel_transport_PIF_of: [],
  metrics: 'OpaqueRef:NULL',
  other_config: new Map(),
})

const tunnel = (at: number): Fields => ({
  uuid: uuid(at),
  access_PIF: ref('PIF', at),
  transport_PIF: at === 3 ? ref('PIF', 9) : ref('PIF', 1),
  status: new Map([['active', 'true']]),
  other_config: new Map(),
  protocol: 'gre',
})

const objects: Readonly<Record<string, readonly Fields[]>> = {
  network: [
    network(1, 'Pool-wide network associated with eth0'),
    network(2, '網絡 トンネル'),
    network(3, 'a name that is long enough to be in the way of all the others in a table'),
    network(4, 'evil \u202e name \u009b31m\u200b'),
  ],
  PIF: [pif(1, 'eth0'), pif(2, 'tunnel0'), pif(3, 'tunnel1'), pif(4, 'eth1')],
  host: [{ uuid: uuid(1), name_label: 'host1', name_description: 'the first, which has a long description' }],
  tunnel: [tunnel(2), tunnel(3)],
  VLAN: [],
}

/** A host whose few objects never change, so that what is printed of them can be recorded. */
export function fixedHost(): Host {
  return hostWith(Object.fromEntries(Object.entries(objects).flatMap(([cls, all]) => messages(cls, all))))
}

function messages(cls: string, all: readonly Fields[]): [string, Value | ((parameters: readonly Value[]) => Value)][] {
  const records = new Map(
    all.map((fields, at) => [ref(cls, at + (cls === 'tunnel' ? 2 : 1)), new Map(Object.entries(fields))]),
  )
  const one = (wanted: Value | undefined) => {
    const record = records.get(String(wanted))
    if (!record) throw new XapiError('HANDLE_INVALID', [cls, String(wanted)])
    return record
  }
  return [
    [`${cls}.get_all_records_where`, records],
    [`${cls}.get_all_records`, records],
    [`${cls}.get_record`, ([, wanted]) => one(wanted)],
    [`${cls}.get_uuid`, ([, wanted]) => one(wanted).get('uuid') ?? ''],
    [`${cls}.get_name_label`, ([, wanted]) => one(wanted).get('name_label') ?? ''],
    [
      `${cls}.get_by_uuid`,
      ([, wanted = '']) => {
        const found = [...records].find(([, record]) => record.get('uuid') === wanted)
        if (!found) throw new XapiError('UUID_INVALID', [cls, String(wanted)])
        return found[0]
      },
    ],
  ]
}
