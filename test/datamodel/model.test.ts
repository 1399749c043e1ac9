import { describe, expect, it } from 'vitest'
import { datamodel, enums, errorParameters, parseType } from '../../src/datamodel/index.ts'

describe('the datamodel', () => {
  it('holds every class, field, message, enum and error code of the release', () => {
    const { classes, messages, enums: all, errors, relations } = datamodel()
    expect(classes.size).toBe(73)
    expect([...classes.values()].flatMap(cls => cls.fields)).toHaveLength(951)
    expect(messages.size).toBe(2258)
    expect(all.size).toBe(75)
    expect(errors.size).toBe(605)
    // subject.roles and role.subroles are not relations between two tables
    expect(relations).toHaveLength(62)
  })

  it('lists the messages of each class in the order of system.listMethods', () => {
    expect([...datamodel().messages.keys()].slice(0, 3)).toEqual([
      'session.get_record',
      'session.get_by_uuid',
      'session.get_uuid',
    ])
  })

  it('knows which field a generated message is about', () => {
    const { messages } = datamodel()
    expect(messages.get('tunnel.add_to_status')).toMatchObject({ implicit: 'add', field: 'status' })
    expect(messages.get('network.remove_tags')).toMatchObject({ implicit: 'remove', field: 'tags' })
    expect(messages.get('tunnel.create')).toMatchObject({ implicit: undefined, field: undefined, async: true })
  })

  it('knows the optional parameters of a message and what they default to', () => {
    expect(datamodel().messages.get('tunnel.create')?.parameters.at(-1)).toMatchObject({
      name: 'protocol',
      optional: true,
      default: 'gre',
    })
  })

  it('names the fields of a record as the wire does and as the database does', () => {
    const label = datamodel()
      .classes.get('network')
      ?.fields.find(field => field.name === 'name_label')
    expect(label?.dbName).toBe('name__label')
  })

  it('gives enum spellings and parameter labels of errors as data', () => {
    expect(enums.tunnel_protocol).toEqual(['gre', 'vxlan'])
    expect(errorParameters.NETWORK_ALREADY_CONNECTED).toEqual(['network', 'connected PIF'])
  })

  it('every reference and record type names a class, and every enum type an enum', () => {
    const { classes, enums: all, messages } = datamodel()
    const named = (type: ReturnType<typeof parseType>): boolean => {
      switch (type.kind) {
        case 'ref':
        case 'record':
          return classes.has(type.class)
        case 'enum':
          return all.has(type.name)
        case 'set':
        case 'option':
          return named(type.of)
        case 'map':
          return named(type.key) && named(type.value)
        default:
          return true
      }
    }
    const types = [
      ...[...classes.values()].flatMap(cls => cls.fields.map(field => field.type)),
      ...[...messages.values()].flatMap(message => [message.result, ...message.parameters.map(p => p.type)]),
    ]
    expect(types.filter(type => !named(type))).toEqual([])
  })
})

describe('parseType', () => {
  it('reads nested types', () => {
    expect(parseType('(string -> enum vif_operations) map')).toEqual({
      kind: 'map',
      key: { kind: 'string' },
      value: { kind: 'enum', name: 'vif_operations' },
    })
    expect(parseType('(host ref -> string set) map')).toEqual({
      kind: 'map',
      key: { kind: 'ref', class: 'host' },
      value: { kind: 'set', of: { kind: 'string' } },
    })
  })

  it('refuses what is no type', () => {
    expect(() => parseType('bundle of sticks')).toThrow('no XenAPI type: bundle of sticks')
  })
})
