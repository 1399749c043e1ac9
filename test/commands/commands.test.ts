import { describe, expect, it, test } from 'vitest'
import type { Value } from '../../src/xapi/index.ts'
import { fails, type Host, hostWith } from '../cli/host.ts'
import { recordsOf, runCommand } from './run.ts'

/** The calls of a host, the session left out. */
const calls = (host: Host) => host.calls.map(([method, , ...parameters]) => [method, ...parameters])

describe('tunnel-create', () => {
  const host = () =>
    hostWith({
      'network.get_by_uuid': 'OpaqueRef:n',
      'PIF.get_by_uuid': 'OpaqueRef:p',
      'tunnel.create': 'OpaqueRef:t',
      'tunnel.get_access_PIF': 'OpaqueRef:a',
      'PIF.get_uuid': 'access-uuid',
    })

  it('prints the uuid of the access PIF', async () => {
    const on = host()
    const output = await runCommand(on, 'tunnel-create', ['pif-uuid', 'p'], ['network-uuid', 'n'])
    expect(output).toEqual({ kind: 'values', values: ['access-uuid'] })
    expect(calls(on)).toEqual([
      ['network.get_by_uuid', 'n'],
      ['PIF.get_by_uuid', 'p'],
      ['tunnel.create', 'OpaqueRef:p', 'OpaqueRef:n'],
      ['tunnel.get_access_PIF', 'OpaqueRef:t'],
      ['PIF.get_uuid', 'OpaqueRef:a'],
    ])
  })

  it.each([
    ['gre', ['OpaqueRef:p', 'OpaqueRef:n']],
    ['GRE', ['OpaqueRef:p', 'OpaqueRef:n']],
    ['VxLAN', ['OpaqueRef:p', 'OpaqueRef:n', 'vxlan']],
  ])('sends the protocol %s only where it is not gre', async (protocol, sent) => {
    const on = host()
    await runCommand(on, 'tunnel-create', ['pif-uuid', 'p'], ['network-uuid', 'n'], ['protocol', protocol])
    expect(calls(on)[2]).toEqual(['tunnel.create', ...sent])
  })
})

describe('vlan-destroy', () => {
  const destroy = async (messages: Parameters<typeof hostWith>[0]) => {
    const host = hostWith({ 'VLAN.destroy': '', 'PIF.destroy': '', ...messages })
    const outcome = await runCommand(host, 'vlan-destroy', ['uuid', 'u']).catch(error => error)
    return { methods: host.methods(), outcome }
  }

  it('takes the uuid of a VLAN', async () => {
    const { methods } = await destroy({ 'VLAN.get_by_uuid': 'OpaqueRef:v' })
    expect(methods).toEqual(['VLAN.get_by_uuid', 'VLAN.destroy'])
  })

  it('takes the uuid of its untagged PIF as well', async () => {
    const { methods, outcome } = await destroy({
      'VLAN.get_by_uuid': fails('UUID_INVALID', 'VLAN', 'u'),
      'PIF.get_by_uuid': 'OpaqueRef:p',
    })
    expect(methods).toEqual(['VLAN.get_by_uuid', 'PIF.get_by_uuid', 'PIF.destroy'])
    expect(outcome).toEqual({ kind: 'nothing' })
  })

  it('reports the first failure where the uuid is nobody’s', async () => {
    const { outcome } = await destroy({
      'VLAN.get_by_uuid': fails('UUID_INVALID', 'VLAN', 'u'),
      'PIF.get_by_uuid': fails('UUID_INVALID', 'PIF', 'u'),
    })
    expect(outcome).toMatchObject({ code: 'UUID_INVALID', params: ['VLAN', 'u'] })
  })

  it.each(['HANDLE_INVALID', 'HOST_OFFLINE'])('does not try the PIF after %s', async code => {
    const { methods, outcome } = await destroy({ 'VLAN.get_by_uuid': 'OpaqueRef:v', 'VLAN.destroy': fails(code, 'x') })
    expect(methods).toEqual(['VLAN.get_by_uuid', 'VLAN.destroy'])
    expect(outcome).toMatchObject({ code })
  })
})

describe('vif-create', () => {
  const host = () =>
    hostWith({
      'VM.get_by_uuid': 'OpaqueRef:vm',
      'network.get_by_uuid': 'OpaqueRef:n',
      'network.get_MTU': '1500',
      'VIF.create': 'OpaqueRef:v',
      'VIF.get_uuid': 'uuid',
    })
  const create = async (...mac: [string, string][]) => {
    const on = host()
    await runCommand(on, 'vif-create', ['device', '0'], ['network-uuid', 'n'], ['vm-uuid', 'v'], ...mac)
    return calls(on)[3]?.[1] as ReadonlyMap<string, Value> // the one parameter, a record
  }

  it('takes the MTU of the network, as an integer, and leaves the address to the host', async () => {
    const record = await create()
    expect(record.get('MTU')).toBe(1500)
    expect(record.get('MAC')).toBe('')
    expect([...record.keys()].join(' ')).toBe(
      'device network VM MAC MTU other_config currently_attached qos_algorithm_type qos_algorithm_params locking_mode ' +
        'ipv4_allowed ipv6_allowed trunks',
    )
  })

  it('makes a random address one byte six times, locally administered and unicast', async () => {
    expect((await create(['mac', 'random'])).get('MAC')).toBe('a6:a5:a5:a5:a5:a5')
    expect((await create(['mac', '02:00:00:00:00:01'])).get('MAC')).toBe('02:00:00:00:00:01')
  })
})

describe('vm-list', () => {
  const vm = (uuid: string, isTemplate: boolean) =>
    new Map<string, Value>([
      ['uuid', uuid],
      ['name_label', `vm ${uuid}`],
      ['power_state', 'Running'],
      ['is_a_template', isTemplate],
    ])
  const host = () =>
    hostWith({
      'VM.get_all_records_where': new Map([
        ['OpaqueRef:1', vm('1', false)],
        ['OpaqueRef:2', vm('2', true)],
      ]),
    })

  it('lists machines, and templates only where they are asked for', async () => {
    expect(recordsOf(await runCommand(host(), 'vm-list'))).toEqual([
      { uuid: '1', 'name-label': 'vm 1', 'power-state': 'running' },
    ])
    const templates = recordsOf(await runCommand(host(), 'vm-list', ['is-a-template', 'true'], ['params', 'uuid']))
    expect(templates).toEqual([{ uuid: '2' }])
  })
})

describe('vm-vif-list', () => {
  const vm = (uuid: string, name: string, more: Record<string, Value> = {}) =>
    new Map<string, Value>(
      Object.entries({
        uuid,
        name_label: name,
        is_a_template: false,
        is_control_domain: false,
        power_state: 'Running',
        VIFs: [`OpaqueRef:vif-${uuid}`],
        ...more,
      }),
    )
  const machines = new Map([
    ['OpaqueRef:1', vm('1', 'web')],
    ['OpaqueRef:2', vm('2', 'db', { power_state: 'Halted', VIFs: [] })],
    ['OpaqueRef:3', vm('3', 'web', { is_a_template: true })],
    ['OpaqueRef:4', vm('4', '1')],
  ])
  const list = async (...parameters: [string, string][]) => {
    const host = hostWith({
      'VM.get_all_records_where': machines,
      'VM.get_name_label': 'web',
      'network.get_uuid': 'net-uuid',
      'network.get_name_label': 'overlay',
      'VIF.get_record': ([, ref = '']) =>
        new Map<string, Value>([
          ['uuid', ref],
          ['VM', 'OpaqueRef:1'],
          ['device', '0'],
          ['MAC', 'aa'],
          ['network', 'OpaqueRef:n'],
        ]),
    })
    return recordsOf(await runCommand(host, 'vm-vif-list', ...parameters))
  }

  it('shows the interfaces of the machine that vm= names, a uuid before a name', async () => {
    expect(await list(['vm', 'web'])).toEqual([
      {
        uuid: 'OpaqueRef:vif-1',
        'vm-name-label': 'web',
        device: '0',
        MAC: 'aa',
        'network-uuid': 'net-uuid',
        'network-name-label': 'overlay',
      },
    ])
    expect((await list(['vm', '1']))[0]?.uuid).toBe('OpaqueRef:vif-1')
  })

  it('takes fields of machines as filters', async () => {
    expect(await list(['power-state', 'halted'])).toEqual([])
    await expect(list(['zzz', '1'])).rejects.toThrow("Unknown field 'zzz'")
  })

  it('means several machines only with --multiple, and never none', async () => {
    await expect(list()).rejects.toThrow('3 VMs match')
    expect(await list(['multiple', 'true'])).toHaveLength(2)
    await expect(list(['vm', 'nobody'])).rejects.toThrow('no VM matches')
  })
})

test('a new PIF is managed unless said otherwise, and then that is said', async () => {
  const host = () =>
    hostWith({ 'host.get_by_uuid': 'OpaqueRef:h', 'PIF.introduce': 'OpaqueRef:p', 'PIF.get_uuid': 'u' })
  const [plain, unmanaged] = [host(), host()]
  await runCommand(plain, 'pif-introduce', ['host-uuid', 'h'], ['device', 'eth9'])
  await runCommand(unmanaged, 'pif-introduce', ['host-uuid', 'h'], ['device', 'eth9'], ['managed', 'no'])
  expect(calls(plain)[1]).toEqual(['PIF.introduce', 'OpaqueRef:h', '', 'eth9'])
  expect(calls(unmanaged)[1]).toEqual(['PIF.introduce', 'OpaqueRef:h', '', 'eth9', false])
})
