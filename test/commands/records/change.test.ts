import { describe, expect, it, test } from 'vitest'
import { type Host, hostWith } from '../../cli/host.ts'
import { runCommand } from '../run.ts'

const otherConfig = new Map([
  ['old', '1'],
  ['100', '2'],
])
const network = new Map<string, string | readonly string[] | ReadonlyMap<string, string>>([
  ['uuid', 'u'],
  ['tags', ['a', 'b']],
  ['other_config', otherConfig],
])

const host = (): Host =>
  hostWith({
    'network.get_by_uuid': 'OpaqueRef:n',
    'network.get_record': network,
    'network.add_to_other_config': '',
    'network.remove_from_other_config': '',
    'network.set_name_label': '',
    'network.remove_tags': '',
    'PIF.get_by_uuid': 'OpaqueRef:p',
    'PIF.set_property': '',
  })

/** The calls after the object was found, the session left out. */
const changes = ({ calls }: Host) => calls.slice(1).map(([method, , ...parameters]) => [method, ...parameters])

describe('setting keys of a map', () => {
  it('replaces those that were there before, and reads the map once', async () => {
    const on = host()
    await runCommand(on, 'network-param-set', ['uuid', 'u'], ['other-config:old', 'x'], ['other-config-new', 'y'], ['other-config:new', 'z']) // biome-ignore format: one command line
    expect(changes(on)).toEqual([
      ['network.get_record', 'OpaqueRef:n'],
      ['network.remove_from_other_config', 'OpaqueRef:n', 'old'],
      ['network.add_to_other_config', 'OpaqueRef:n', 'old', 'x'],
      ['network.add_to_other_config', 'OpaqueRef:n', 'new', 'y'],
      ['network.add_to_other_config', 'OpaqueRef:n', 'new', 'z'],
    ])
  })

  it('sends an empty key as it is', async () => {
    const on = host()
    await runCommand(on, 'network-param-set', ['uuid', 'u'], ['other-config:', 'v'])
    expect(changes(on).at(-1)).toEqual(['network.add_to_other_config', 'OpaqueRef:n', '', 'v'])
  })

  it('writes the properties of a PIF without reading them', async () => {
    const on = host()
    await runCommand(on, 'pif-param-set', ['uuid', 'p'], ['properties:gro', 'off'])
    expect(changes(on)).toEqual([['PIF.set_property', 'OpaqueRef:p', 'gro', 'off']])
  })
})

describe('setting fields', () => {
  it('passes over what is said to every command, and takes a bare word for an empty value', async () => {
    const on = host()
    await runCommand(on, 'network-param-set', ['uuid', 'u'], ['minimal', 'true'], ['trace', 'x'], ['name-label', ''])
    expect(changes(on)).toEqual([['network.set_name_label', 'OpaqueRef:n', '']])
  })

  it.each([
    ['params', "Unknown field 'params'"],
    ['database:x', "Unknown field 'database:x'"],
    ['other-config', 'other-config:KEY=VALUE'],
    ['tags:x', 'network-param-add'],
    ['bridge:x', 'bridge has no keys'],
    ['bridge', 'bridge cannot be set'],
  ])('refuses %s', async (name, complaint) => {
    await expect(runCommand(host(), 'network-param-set', ['uuid', 'u'], [name, 'x'])).rejects.toThrow(complaint)
  })
})

describe('clearing', () => {
  it('removes every member of a set and every key of a map, in order', async () => {
    const on = host()
    await runCommand(on, 'network-param-clear', ['uuid', 'u'], ['param-name', 'tags'])
    await runCommand(on, 'network-param-clear', ['uuid', 'u'], ['param-name', 'other-config'])
    expect(on.calls.filter(([method]) => String(method).includes('remove')).map(call => call.at(-1))).toEqual([
      'a',
      'b',
      'old',
      '100',
    ])
  })

  it('says one thing only where a field cannot be made empty, whoever objects', async () => {
    const clear = (name: string) => runCommand(host(), 'network-param-clear', ['uuid', 'u'], ['param-name', name])
    await expect(clear('MTU')).rejects.toThrow('MTU cannot be made empty')
    await expect(clear('name-description')).rejects.toThrow('name-description cannot be made empty')
  })
})

test('setters of a host tidy and look up what they are given', async () => {
  const on = hostWith({
    'host.get_by_uuid': 'OpaqueRef:h',
    'SR.get_by_uuid': 'OpaqueRef:sr',
    'host.set_ntp_custom_servers': '',
    'host.set_suspend_image_sr': '',
    'host.set_ssh_enabled_timeout': '',
  })
  await runCommand(on, 'host-param-set', ['uuid', 'h'], ['ntp-custom-servers', ' a, ,b '], ['suspend-image-sr-uuid', ''], ['suspend-image-sr-uuid', 's'], ['ssh-enabled-timeout', '0x10']) // biome-ignore format: one command line
  expect(changes(on)).toEqual([
    ['host.set_ntp_custom_servers', 'OpaqueRef:h', ['a', 'b']],
    ['host.set_suspend_image_sr', 'OpaqueRef:h', 'OpaqueRef:NULL'],
    ['SR.get_by_uuid', 's'],
    ['host.set_suspend_image_sr', 'OpaqueRef:h', 'OpaqueRef:sr'],
    ['host.set_ssh_enabled_timeout', 'OpaqueRef:h', 16],
  ])
})

test('a bad tag of a trunk is called value, as in the original, and is not trimmed', async () => {
  const on = hostWith({ 'VIF.get_by_uuid': 'OpaqueRef:v' })
  await expect(runCommand(on, 'vif-param-set', ['uuid', 'v'], ['trunks', '1, 2'])).rejects.toThrow(
    'value takes an integer',
  )
})
