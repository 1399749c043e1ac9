import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeHostError } from '../../../src/fake-host/index.ts'
import { newFolder } from '../folder.ts'
import { start } from './started.ts'

describe('objects', () => {
  it('are written past every check, but not past the types', async () => {
    const { host, call } = await start()
    await using _ = host
    const [pif = ''] = host.db.refs('PIF')
    await host.control.writeObject('PIF', pif, { managed: false, other_config: { a: '1' }, MTU: 9000 })
    expect(await call('PIF.get_managed', pif)).toBe(false)
    expect(await call('PIF.get_MTU', pif)).toBe(9000)
    expect(await call('PIF.get_other_config', pif)).toEqual(new Map([['a', '1']]))
    await host.control.writeObject('PIF', pif, new Map([['other_config', new Map([['100', 'x'], ['b', 'y']])]])) // biome-ignore format: as it is
    expect(await call('PIF.get_other_config', pif)).toEqual(new Map([['100', 'x'], ['b', 'y']])) // biome-ignore format: as it is
  })

  it('move to the other end of a relation', async () => {
    const { host } = await start()
    await using _ = host
    const [pif = ''] = host.db.refs('PIF')
    const network = host.db.refs('network').find(ref => ref !== host.db.get('PIF', pif, 'network')) ?? ''
    await host.control.writeObject('PIF', pif, { network })
    expect(host.db.get('network', network, 'PIFs')).toContain(pif)
  })

  it('are added and removed', async () => {
    const { host, call } = await start()
    await using _ = host
    const network = await host.control.addObject('network', { name_label: 'new', MTU: 1400 })
    expect(network).toMatch(/^OpaqueRef:/)
    expect(await call('network.get_MTU', network)).toBe(1400)
    expect(await host.control.addObject('network', { uuid: 'my-uuid' }, 'OpaqueRef:mine')).toBe('OpaqueRef:mine')
    expect(await call('network.get_by_uuid', 'my-uuid')).toBe('OpaqueRef:mine')
    await host.control.removeObject('network', network)
    await expect(call('network.get_MTU', network)).rejects.toThrow('HANDLE_INVALID')
  })

  it('are on disk where the pool is kept', async () => {
    const state = join(await newFolder(), 'state.json')
    const { host } = await start({ state })
    await using _ = host
    await host.control.addObject('network', { name_label: 'kept' })
    expect(await readFile(`${state}.journal`, 'utf8')).toContain('"kept"')
  })

  it.each([
    ['PIF', { wings: 2 }, 'fields: PIF the-pif, field wings: this release has no such field'],
    ['PIF', { MTU: 'many' }, 'fields: PIF the-pif, field MTU: "many" is not an int'],
    ['PIF', { MTU: 1.5 }, 'fields: PIF the-pif, field MTU: 1.5 is not an int'],
    ['PIF', { ip_configuration_mode: 'Magic' }, '"Magic" is no ip_configuration_mode'],
    ['PIF', { tunnel_access_PIF_of: [] }, 'PIF.tunnel_access_PIF_of cannot be written: it follows from the objects'],
    ['PIF', { uuid: 'the-uuid-of-a-network' }, 'another object has the uuid the-uuid-of-a-network'],
    ['Pif', {}, 'there are no objects of class "Pif"'],
    ['event', {}, 'there are no objects of class "event"'],
    ['VLAN', {}, 'there is no VLAN the-pif'],
  ] as const)('of class %s do not take %j', async (cls, fields, problem) => {
    const { host } = await start()
    await using _ = host
    await host.control.addObject('PIF', {}, 'the-pif')
    await host.control.addObject('network', { uuid: 'the-uuid-of-a-network' })
    const writing = host.control.writeObject(cls, 'the-pif', fields)
    await expect(writing).rejects.toThrow(FakeHostError)
    await expect(writing).rejects.toThrow(problem)
  })
})
