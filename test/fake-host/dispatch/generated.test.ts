import { beforeAll, describe, expect, it } from 'vitest'
import { datamodel, type Message, type Type, type Value } from '../../../src/datamodel/index.ts'
import { emptyValue, type Stored } from '../../../src/fake-host/database/index.ts'
import type { RpcValue } from '../../../src/fake-host/dispatch/call.ts'
import { bodyOf } from '../../../src/fake-host/messages/index.ts'
import { type Caller, logIn } from '../caller.ts'

let pool: Caller
beforeAll(async () => {
  pool = await logIn()
})

/** Some value of a type, different from its empty one, as a wire would carry it. */
function sample(type: Type): RpcValue {
  switch (type.kind) {
    case 'int':
      return '7'
    case 'float':
      return 2.5
    case 'bool':
      return true
    case 'datetime':
      return '20240102T03:04:05Z'
    case 'enum':
      return datamodel().enums.get(type.name)?.at(-1) ?? ''
    case 'ref':
      return 'OpaqueRef:sample'
    case 'set':
      return [sample(type.of)]
    case 'map':
      return new Map([[String(sample(type.key)), sample(type.value)]])
    default:
      return 'sample'
  }
}

const stored = (type: Type): Value => {
  const value = sample(type)
  if (type.kind === 'int') return 7
  if (type.kind === 'set') return [stored(type.of)]
  if (type.kind === 'map') return new Map([[String(stored(type.key)), stored(type.value)]])
  return value as Value // the other samples are stored as they are sent
}

/** An object of a class for one message to work on. */
const object = (message: Message): string => pool.fake.pool.db.create(message.class as Stored, {})

const generated = [...datamodel().messages.values()].filter(
  message =>
    message.implicit && !message.removed && !bodyOf(message) && datamodel().classes.get(message.class)?.inDatabase,
)
const of = (...kinds: (string | undefined)[]) =>
  generated.filter(message => kinds.includes(message.implicit)).map(message => [message.name, message] as const)

describe('every generated message works', () => {
  it.each(of('get'))('%s', async (_, message) => {
    const field = datamodel()
      .classes.get(message.class)
      ?.fields.find(f => f.name === message.field)
    const ref = object(message)
    const record = pool.fake.pool.db.record(message.class as Stored, ref)
    expect(field).toBeDefined()
    expect(await pool.call(message.name, ref)).toEqual(record.get(message.field ?? ''))
    expect(await pool.error(message.name, 'OpaqueRef:gone')).toEqual([
      'HANDLE_INVALID',
      message.class,
      'OpaqueRef:gone',
    ])
  })

  it.each(of('set'))('%s', async (_, message) => {
    const ref = object(message)
    const type = message.parameters[1]?.type ?? { kind: 'string' }
    await pool.call(message.name, ref, sample(type))
    expect(await pool.call(`${message.class}.get_${message.field}`, ref)).toEqual(stored(type))
    expect(await pool.error(message.name, 'OpaqueRef:gone', sample(type))).toEqual([
      'HANDLE_INVALID',
      message.class,
      'OpaqueRef:gone',
    ])
  })

  it.each(of('add', 'remove').filter(([, message]) => message.parameters.length === 3))('%s', async (_, message) => {
    const ref = object(message)
    const getter = `${message.class}.get_${message.field}`
    const before = (await pool.call(getter, ref)) as ReadonlyMap<string, Value>
    await pool.call(message.name, ref, 'some key', 'v')
    expect([...((await pool.call(getter, ref)) as ReadonlyMap<string, Value>)]).toEqual([['some key', 'v'], ...before])
    const duplicate = await pool.error(message.name, ref, 'some key', 'v')
    expect([duplicate[0], duplicate[1], duplicate[3], duplicate[4]]).toEqual([
      'MAP_DUPLICATE_KEY',
      message.class,
      ref,
      'some key',
    ])
    await pool.call(message.name.replace('.add_to_', '.remove_from_'), ref, 'some key')
    await pool.call(message.name.replace('.add_to_', '.remove_from_'), ref, 'some key')
    expect(await pool.call(getter, ref)).toEqual(before)
  })

  it.each(of('add').filter(([, message]) => message.parameters.length === 2))('%s', async (_, message) => {
    const ref = object(message)
    const getter = `${message.class}.get_${message.field}`
    await pool.call(message.name, ref, 'one')
    await pool.call(message.name, ref, 'two')
    await pool.call(message.name, ref, 'one')
    expect(await pool.call(getter, ref)).toEqual(['two', 'one'])
    await pool.call(message.name.replace('.add_', '.remove_'), ref, 'two')
    await pool.call(message.name.replace('.add_', '.remove_'), ref, 'never there')
    expect(await pool.call(getter, ref)).toEqual(['one'])
  })

  it.each(of('get_all'))('%s and its relatives', async (_, message) => {
    object(message)
    const refs = (await pool.call(message.name)) as readonly string[]
    const records = (await pool.call(`${message.class}.get_all_records`)) as ReadonlyMap<string, Value>
    expect(refs).toEqual([...refs].sort().reverse())
    expect([...records.keys()]).toEqual(refs)
    expect(await pool.call(`${message.class}.get_all_where`, 'true')).toEqual(refs)
    expect(await pool.call(`${message.class}.get_all_records_where`, 'false')).toEqual(new Map())
  })

  it.each(of('get_by_uuid'))('%s', async (_, message) => {
    const ref = object(message)
    const uuid = String(await pool.call(`${message.class}.get_uuid`, ref))
    expect(await pool.call(message.name, uuid)).toBe(ref)
    expect(await pool.error(message.name, uuid.toUpperCase())).toEqual([
      'UUID_INVALID',
      message.class,
      uuid.toUpperCase(),
    ])
  })

  it.each(of('get_by_label'))('%s', async (_, message) => {
    const ref = pool.fake.pool.db.create(message.class as Stored, { name_label: `a ${message.class}` })
    expect(await pool.call(message.name, `a ${message.class}`)).toEqual([ref])
    expect(await pool.call(message.name, 'nobody')).toEqual([])
  })

  it.each(of('make'))('%s', async (_, message) => {
    const fields = datamodel().classes.get(message.class)?.fields ?? []
    const record = new Map<string, RpcValue>(
      fields.filter(f => !f.internal && f.qualifier !== 'RO/runtime').map(f => [f.name, sample(f.type)]),
    )
    const ref = String(await pool.call(message.name, record))
    const made = (await pool.call(`${message.class}.get_record`, ref)) as ReadonlyMap<string, Value>
    for (const field of fields) {
      if (record.has(field.name)) expect([field.name, made.get(field.name)]).toEqual([field.name, stored(field.type)])
    }
    await pool.call(`${message.class}.destroy`, ref)
    expect(await pool.error(`${message.class}.get_record`, ref)).toEqual(['HANDLE_INVALID', message.class, ref])
  })

  it('those tests left none out', () => {
    const kinds = new Set(generated.map(message => message.implicit))
    expect([...kinds].sort()).toEqual([
      'add',
      'delete',
      'get',
      'get_all',
      'get_all_records',
      'get_all_records_where',
      'get_all_where',
      'get_by_label',
      'get_by_uuid',
      'get_record',
      'make',
      'remove',
      'set',
    ])
  })
})

it('an object without a value for a field has the empty value of its type', () => {
  expect(emptyValue({ kind: 'enum', name: 'tunnel_protocol' })).toBe('gre')
  expect(emptyValue({ kind: 'datetime' })).toBe('19700101T00:00:00Z')
})

describe('texts that XML cannot carry', () => {
  it('are refused by setters and cut off by adders', async () => {
    const network = pool.fake.pool.db.create('network', {})
    expect(await pool.error('network.set_name_label', network, 'a\u0001b')).toEqual([
      'INTERNAL_ERROR',
      'Db_exn.Invalid_value',
    ])
    await pool.call('network.add_to_other_config', network, 'k\u0002x', 'v\u0003y')
    expect(await pool.call('network.get_other_config', network)).toEqual(new Map([['k', 'v']]))
    await pool.call('network.add_tags', network, 'tag\u0000')
    expect(await pool.call('network.get_tags', network)).toEqual(['tag'])
  })

  it('an empty key of a map is refused by both', async () => {
    const network = pool.fake.pool.db.create('network', {})
    for (const params of [['', 'v'], [new Map([['', 'v']])]] as RpcValue[][]) {
      const method = params.length === 2 ? 'network.add_to_other_config' : 'network.set_other_config'
      expect(await pool.error(method, network, ...params)).toEqual(['INTERNAL_ERROR', 'Db_exn.Empty_key_in_map'])
    }
  })
})
