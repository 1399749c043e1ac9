import { beforeEach, describe, expect, it } from 'vitest'
import { type Change, Database } from '../../../src/fake-host/database/index.ts'
import { Random } from '../../../src/fake-host/random.ts'

let db: Database
let changes: Change[]

beforeEach(() => {
  db = new Database(new Random(1))
  changes = []
  db.onChange(change => changes.push(change))
})

const told = () => changes.map(change => `${change.kind} ${change.class}`)

describe('create', () => {
  it('gives a reference of its own, a uuid, and the datamodel defaults', () => {
    const ref = db.create('tunnel', { access_PIF: 'OpaqueRef:a', transport_PIF: 'OpaqueRef:t' })
    expect(ref).toMatch(/^OpaqueRef:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const record = db.record('tunnel', ref)
    expect([...record.keys()]).toEqual(['uuid', 'access_PIF', 'transport_PIF', 'status', 'other_config', 'protocol'])
    expect(record.get('uuid')).not.toBe(ref.slice('OpaqueRef:'.length))
    expect(record.get('status')).toEqual(new Map([['active', 'false']]))
    expect(record.get('protocol')).toBe('gre')
  })

  it('repeats its references and uuids for the same seed', () => {
    const again = new Database(new Random(1))
    const first = db.create('network', {})
    const second = again.create('network', {})
    expect([second, again.get('network', second, 'uuid')]).toEqual([first, db.get('network', first, 'uuid')])
  })

  it('counts as one change, and the objects it refers to as modified', () => {
    const network = db.create('network', {})
    const before = db.generation
    changes = []
    db.create('PIF', { network, host: 'OpaqueRef:gone' })
    expect(db.generation).toBe(before + 1)
    expect(told()).toEqual(['create PIF', 'touch network'])
    expect(db.row('network', network).modified).toBe(db.generation)
  })
})

describe('relations', () => {
  it('follow the stored reference, newest member first', () => {
    const network = db.create('network', {})
    const one = db.create('PIF', { network })
    const two = db.create('PIF', { network })
    expect(db.get('network', network, 'PIFs')).toEqual([two, one])
    db.destroy('PIF', two)
    expect(db.get('network', network, 'PIFs')).toEqual([one])
  })

  it('move with the reference', () => {
    const [a, b] = [db.create('network', {}), db.create('network', {})]
    const pif = db.create('PIF', { network: a })
    db.set('PIF', pif, 'network', b)
    expect(db.get('network', a, 'PIFs')).toEqual([])
    expect(db.get('network', b, 'PIFs')).toEqual([pif])
  })

  it('move an object to the front of all its sets when any of its references is written', () => {
    const network = db.create('network', {})
    const host = db.create('host', {})
    const first = db.create('PIF', { network, host })
    db.create('PIF', { network, host })
    const bond = db.create('Bond', {})
    db.set('PIF', first, 'bond_slave_of', bond)
    expect(db.get('network', network, 'PIFs')[0]).toBe(first)
    expect(db.get('host', host, 'PIFs')[0]).toBe(first)
    expect(db.get('Bond', bond, 'slaves')).toEqual([first])
  })

  it('leave a dangling reference when the far end goes, and tolerate it', () => {
    const network = db.create('network', {})
    const pif = db.create('PIF', { network })
    db.destroy('network', network)
    expect(db.get('PIF', pif, 'network')).toBe(network)
    db.destroy('PIF', pif)
    expect(db.exists('PIF', pif)).toBe(false)
  })

  it('mirror each other where both sides are stored', () => {
    const group = db.create('VM_group', {})
    const vm = db.create('VM', { groups: [group] })
    expect(db.get('VM_group', group, 'VMs')).toEqual([vm])
    db.set('VM', vm, 'groups', [])
    expect(db.get('VM_group', group, 'VMs')).toEqual([])
    db.set('VM_group', group, 'VMs', [vm])
    expect(db.get('VM', vm, 'groups')).toEqual([group])
  })

  it('cannot be written from the derived side', () => {
    const network = db.create('network', {})
    expect(() => db.set('network', network, 'PIFs', [])).toThrow('network.PIFs follows from other objects')
  })
})

describe('writing', () => {
  it('an equal value changes nothing and tells nobody', () => {
    const network = db.create('network', { other_config: new Map([['a', '1']]), tags: ['x'] })
    const before = db.generation
    changes = []
    db.set('network', network, 'other_config', new Map([['a', '1']]))
    db.set('network', network, 'tags', ['x'])
    db.set('network', network, 'MTU', 1500)
    expect(db.generation).toBe(before)
    expect(changes).toEqual([])
  })

  it('the same members in another order is a change', () => {
    const network = db.create('network', { tags: ['x', 'y'] })
    changes = []
    db.set('network', network, 'tags', ['y', 'x'])
    expect(told()).toEqual(['write network'])
  })

  it('to an object that is not there is HANDLE_INVALID with the table that was looked in', () => {
    expect(() => db.set('PIF', 'OpaqueRef:gone', 'IP', '')).toThrow('HANDLE_INVALID PIF OpaqueRef:gone')
  })
})

describe('looking up', () => {
  it('gives references in descending order', () => {
    for (let i = 0; i < 20; i++) db.create('network', {})
    const refs = db.refs('network')
    expect(refs).toEqual([...refs].sort().reverse())
  })

  it('finds an object by its uuid in its own class only', () => {
    const network = db.create('network', {})
    const uuid = db.get('network', network, 'uuid')
    expect(db.byUuid('network', uuid)).toBe(network)
    expect(() => db.byUuid('PIF', uuid)).toThrow(`UUID_INVALID PIF ${uuid}`)
    db.destroy('network', network)
    expect(() => db.byUuid('network', uuid)).toThrow(`UUID_INVALID network ${uuid}`)
  })

  it('never puts internal fields into a record', () => {
    const pif = db.create('PIF', { device: 'eth0', device_name: 'eth0' })
    expect(db.record('PIF', pif).has('device_name')).toBe(false)
    expect(db.stored('PIF', pif).get('device_name')).toBe('eth0')
  })
})

it('keeps the latest deletions of a table, and of very many only half', () => {
  for (let i = 0; i < 511; i++) db.destroy('network', db.create('network', {}))
  expect(db.table('network').deletions).toHaveLength(511)
  db.destroy('network', db.create('network', {}))
  expect(db.table('network').deletions).toHaveLength(257)
})
