import { describe, expect, it, test } from 'vitest'
import { readable, referable } from '../../../src/cli/errors/references.ts'
import { datamodel } from '../../../src/datamodel/index.ts'
import type { Value } from '../../../src/xapi/index.ts'
import { sessionOn } from '../../commands/session.ts'
import { fails, hostWith } from '../host.ts'

const objects: Readonly<Record<string, Readonly<Record<string, [uuid: string, name?: string]>>>> = {
  network: { 'OpaqueRef:n': ['net-uuid', 'overlay'], 'OpaqueRef:e': ['empty-uuid', ''] },
  PIF: { 'OpaqueRef:p': ['pif-uuid'] },
  host: { 'OpaqueRef:h': ['host-uuid', 'host 1'] },
  pool: { 'OpaqueRef:l': ['pool-uuid', 'the pool'] },
  PVS_cache_storage: { 'OpaqueRef:c': ['cache-uuid'] },
}

const host = () =>
  hostWith(
    Object.fromEntries(
      referable.flatMap(cls => {
        const found = (ref: Value | undefined) =>
          objects[cls]?.[String(ref)] ?? fails('HANDLE_INVALID', cls, String(ref))()
        return [
          [`${cls}.get_uuid`, ([, ref]: readonly Value[]) => found(ref)[0]],
          [`${cls}.get_name_label`, ([, ref]: readonly Value[]) => found(ref)[1] ?? ''],
        ]
      }),
    ),
  )

const read = (labels: string[], values: string[]) => readable(labels, values, sessionOn(host()))

describe('references in a failure', () => {
  it('become the uuid and the name of what they refer to', async () => {
    expect(await read(['network'], ['OpaqueRef:n'])).toEqual(['net-uuid (overlay)'])
  })

  it('show an empty name as such', async () => {
    expect(await read(['network'], ['OpaqueRef:e'])).toEqual(['empty-uuid ()'])
  })

  it('become the bare uuid where the class has no name, and for a pool', async () => {
    expect(await read(['PIF', 'reason'], ['OpaqueRef:p', 'OpaqueRef:l'])).toEqual(['pif-uuid', 'pool-uuid'])
  })

  it('are found in whatever class they are, and whatever the label says', async () => {
    expect(await read(['network', 'x'], ['OpaqueRef:h', 'OpaqueRef:c'])).toEqual(['host-uuid (host 1)', 'cache-uuid'])
  })

  it('stay as they are when they are null, refer to nothing, or are part of a text', async () => {
    const values = ['OpaqueRef:NULL', 'OpaqueRef:gone', 'see OpaqueRef:n', 'net-uuid', '', 'OpaqueRef:']
    expect(await read([], values)).toEqual(values)
  })

  it.each([
    ['the label', ['pifs'], ['OpaqueRef:p']],
    ['the end of the label', ['connected PIF'], ['OpaqueRef:p']],
    ['another value', ['class', 'object'], ['PIF', 'OpaqueRef:p']],
  ])('are looked for first where %s says', async (_, labels, values) => {
    const asked = host()
    expect((await readable(labels, values, sessionOn(asked))).at(-1)).toBe('pif-uuid')
    expect(asked.methods()[0]).toBe('PIF.get_uuid')
  })
})

test('every class whose objects have a uuid is looked at', () => {
  const withUuid = [...datamodel().classes.values()]
    .filter(cls => cls.inDatabase && cls.fields.some(field => field.name === 'uuid'))
    .map(cls => cls.name)
  expect([...referable].sort()).toEqual(withUuid.sort())
})
