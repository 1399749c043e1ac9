import { isDeepStrictEqual } from 'node:util'
import type { MemoryAnswer, Value, WireParameter } from '../../src/xapi/index.ts'
import type { Answer, Case, Json } from './pack.ts'

type Row = Map<string, Value>

class Failure extends Error {
  readonly description: readonly string[]
  constructor(...description: string[]) {
    super(description[0])
    this.description = description
  }
}

/** What a case finds on its server. */
export interface StubContents extends Pick<Case, 'patch' | 'drop' | 'faults'> {
  readonly objects: Readonly<Record<string, Readonly<Record<string, Json>>>>
  /** Answers of messages that are not generated ones; the first that fits counts. */
  readonly answers: readonly Answer[]
}

export interface Stub {
  readonly call: (method: string, parameters: readonly WireParameter[]) => MemoryAnswer
  readonly calls: readonly (readonly WireParameter[])[]
  readonly sessions: ReadonlySet<string>
}

/** Fields of a PIF that a snapshot leaves out and a `get_` knows all the same. */
const derived = new Set(['PIF.tunnel_access_PIF_of', 'PIF.tunnel_transport_PIF_of'])

/**
 * A server that holds the objects of a snapshot, answers generated messages, answers others as it is told, checks nothing,
 * and fails where it is told to. A double for tests of a client, no model of a host.
 */
export function createStub({ objects, patch = [], drop = [], faults = [], answers }: StubContents): Stub {
  const tables = new Map(
    Object.entries(objects).map(([cls, rows]) => [
      cls,
      new Map(Object.entries(rows).map(([ref, record]) => [ref, load(record) as Row])), // records are objects
    ]),
  )
  for (const cls of drop) tables.get(cls)?.clear()
  for (const [cls, ref, field, value] of patch) tables.get(cls)?.get(ref)?.set(field, load(value))
  const sessions = new Set<string>()
  const calls: (readonly WireParameter[])[] = []
  let serial = 0

  function table(cls: string): Map<string, Row> {
    const rows = tables.get(cls)
    if (!rows) throw new Failure('MESSAGE_METHOD_UNKNOWN', cls)
    return rows
  }

  function row(cls: string, ref: string): Row {
    const record = table(cls).get(ref)
    if (!record) throw new Failure('HANDLE_INVALID', cls, ref)
    return record
  }

  function login(user: string, password: string): string {
    if (password !== 'pw') throw new Failure('SESSION_AUTHENTICATION_FAILED', user, 'Authentication failure')
    const ref = `OpaqueRef:sess-${String(++serial).padStart(4, '0')}`
    sessions.add(ref)
    return ref
  }

  function scripted(answer: Answer): Value {
    if (answer.error) throw new Failure(...answer.error)
    for (const [cls, added] of Object.entries(answer.adds ?? {}))
      for (const [ref, record] of Object.entries(added)) table(cls).set(ref, load(record) as Row) // records are objects
    return load(answer.result ?? '')
  }

  function createTunnel(transport: string, network: string, protocol: Value): string {
    const rows = table('tunnel')
    row('PIF', transport)
    const serialNumber = String(rows.size + 1).padStart(12, '0')
    const access = `OpaqueRef:apif-new-${rows.size}`
    const ref = `OpaqueRef:tun-new-${rows.size}`
    table('PIF').set(access, new Map([['uuid', `aaaaaaaa-9999-0000-0000-${serialNumber}`], ['network', network]])) // biome-ignore format: a record
    rows.set(
      ref,
      new Map<string, Value>([
        ['uuid', `cccccccc-0000-0000-0000-${serialNumber}`],
        ['access_PIF', access],
        ['transport_PIF', transport],
        ['status', new Map([['active', 'false']])],
        ['other_config', new Map()],
        ['protocol', protocol],
      ]),
    )
    return ref
  }

  function onField(cls: string, op: string, ref: string, key: Value, value: Value): Value {
    const [, verb, field = ''] = /^(add_to|remove_from|add|remove|set|get)_(.*)$/.exec(op) ?? []
    if (verb === undefined) throw new Failure('MESSAGE_METHOD_UNKNOWN', `${cls}.${op}`)
    const record = row(cls, ref)
    const held = record.get(field)
    if (held === undefined && !derived.has(`${cls}.${field}`))
      throw new Failure('MESSAGE_METHOD_UNKNOWN', `${cls}.${op}`)
    if (verb === 'get') return held ?? []
    const map = held instanceof Map ? (held as ReadonlyMap<string, Value>) : new Map<string, Value>() // instanceof forgets
    const set = Array.isArray(held) ? (held as readonly Value[]) : [] // isArray forgets
    if (verb === 'add_to' && map.has(String(key))) throw new Failure('MAP_DUPLICATE_KEY', cls, field, ref, String(key))
    if (verb === 'set') record.set(field, key)
    else if (verb === 'add_to') record.set(field, new Map([[String(key), value], ...map]))
    else if (verb === 'remove_from') record.set(field, new Map([...map].filter(([name]) => name !== key)))
    else record.set(field, [...set.filter(member => member !== key), ...(verb === 'add' ? [key] : [])])
    return ''
  }

  function run(method: string, parameters: readonly WireParameter[]): Value {
    const fault = faults.find(each => each.method === method)
    if (fault) throw new Failure(...fault.error)
    const [session = '', first = '', second = '', third = ''] = parameters
    if (method === 'session.login_with_password') return login(String(session), String(first))
    if (method === 'session.logout') return sessions.delete(String(session)) ? '' : ''
    if (!sessions.has(String(session))) throw new Failure('SESSION_INVALID', String(session))
    const answer = answers.find(
      each => each.method === method && (!each.params || isDeepStrictEqual(each.params, parameters.slice(1))),
    )
    if (answer) return scripted(answer)
    const [cls = '', op = ''] = method.split('.')
    if (!tables.has(cls)) throw new Failure('MESSAGE_METHOD_UNKNOWN', method)
    const rows = table(cls)
    if (op === 'get_all_records' || op === 'get_all_records_where') return rows
    if (op === 'get_all') return [...rows.keys()]
    if (op === 'get_by_uuid') {
      for (const [ref, record] of rows) if (record.get('uuid') === first) return ref
      throw new Failure('UUID_INVALID', cls, String(first))
    }
    if (op === 'get_record') return new Map(row(cls, String(first))) // a copy, as from a wire
    if (method === 'tunnel.create') return createTunnel(String(first), String(second), third || 'gre')
    if (op === 'destroy') {
      row(cls, String(first))
      return rows.delete(String(first)) ? '' : ''
    }
    return onField(cls, op, String(first), second, third)
  }

  function call(method: string, parameters: readonly WireParameter[]): MemoryAnswer {
    calls.push([method, ...parameters])
    try {
      return { ok: true, value: run(method, parameters) }
    } catch (error) {
      if (error instanceof Failure) return { ok: false, error: error.description }
      throw error
    }
  }
  return { call, calls, sessions }
}

/** A value as a pack writes it. */
function load(value: Json): Value {
  if (Array.isArray(value)) return value.map(load)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value.$map)) return new Map(value.$map as [string, Value][]) // what $map is for: pairs of strings
  if (typeof value.$datetime === 'string') return value.$datetime
  if (typeof value.$float === 'number') return value.$float
  return new Map(Object.entries(value).map(([key, member]) => [key, load(member)]))
}
