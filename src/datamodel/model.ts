import { readFileSync } from 'node:fs'
import type { RawClass, RawMessage, RawModel } from './raw.ts'
import { parseType, type Type } from './type.ts'

/** Who may write a field, and how it comes to its value (docs/spec/protocol-semantics.md 3.3). */
export type Qualifier = 'RO/constructor' | 'RO/runtime' | 'RW'

/** The kind of a message that follows from a field or a class; absent on messages with behaviour of their own. */
export type Implicit =
  | 'get' | 'set' | 'add' | 'remove' | 'get_record' | 'get_by_uuid' | 'get_by_label' | 'get_all' | 'get_all_where'
  | 'get_all_records' | 'get_all_records_where' | 'make' | 'delete' // biome-ignore format: one list

/** A value as datamodel.json writes it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

export interface Field {
  /** Name on the wire, which is also the name in a record. */
  readonly name: string
  /** Name in the database and in filter expressions: namespaces joined with two underscores. */
  readonly dbName: string
  readonly type: Type
  readonly qualifier: Qualifier
  /** Undefined where the datamodel gives none. */
  readonly default: JsonValue | undefined
  /** Stored, but never part of a record. */
  readonly internal: boolean
  /** False where a restart of the toolstack empties it. */
  readonly persistent: boolean
}

export interface Parameter {
  readonly name: string
  readonly type: Type
  readonly optional: boolean
  readonly default: JsonValue | undefined
}

export interface Message {
  /** `class.message`. */
  readonly name: string
  readonly class: string
  readonly parameters: readonly Parameter[]
  readonly result: Type
  readonly implicit: Implicit | undefined
  /** The field that an implicit get, set, add or remove is about. */
  readonly field: string | undefined
  /** Takes a session as its first parameter on the wire. */
  readonly session: boolean
  readonly async: boolean
  readonly hidden: boolean
  readonly poolInternal: boolean
  /** Its parameters hold a password or the like. */
  readonly secret: boolean
  readonly removed: boolean
  /** Roles that may call it; empty: local root alone. */
  readonly roles: readonly string[]
  /** Roles for single keys of a map, by pattern. */
  readonly keyRoles: Readonly<Record<string, readonly string[]>>
}

export interface Class {
  readonly name: string
  readonly fields: readonly Field[]
  readonly messages: readonly Message[]
  readonly inDatabase: boolean
  readonly exposesGetAll: boolean
  readonly events: boolean
  readonly tasks: boolean
  readonly persistent: boolean
}

/** One stored reference field and the set on the other side that follows it, or two sets that mirror each other. */
export interface Relation {
  readonly kind: 'one-to-many' | 'many-to-many'
  readonly from: { readonly class: string; readonly field: string }
  readonly to: { readonly class: string; readonly field: string }
}

/** What XenAPI is: every class, field, message, enum, error code, role and relation of one release. */
export interface Datamodel {
  readonly apiVersion: { readonly major: number; readonly minor: number }
  readonly schemaVersion: { readonly major: number; readonly minor: number }
  /** All classes, in datamodel order. */
  readonly classes: ReadonlyMap<string, Class>
  /** All messages by `class.message`, in the order of system.listMethods. */
  readonly messages: ReadonlyMap<string, Message>
  readonly enums: ReadonlyMap<string, readonly string[]>
  /** Labels of each error code's parameters. */
  readonly errors: ReadonlyMap<string, readonly string[]>
  readonly relations: readonly Relation[]
  /** Calls that a host answers while it cannot reach its coordinator. */
  readonly emergencyCalls: ReadonlySet<string>
  readonly roles: readonly {
    readonly name: string
    readonly uuid: string
    readonly ref: string
    readonly internal: boolean
  }[]
  readonly roleOrderInDenials: readonly string[]
  /** What the HTTP handlers beside XenAPI need. */
  readonly httpActions: readonly { readonly name: string; readonly roles: readonly string[] }[]
  /** Permissions that no message or handler is named after. */
  readonly extraPermissions: readonly { readonly name: string; readonly roles: readonly string[] }[]
}

let loaded: Datamodel | undefined

/** The datamodel, read on first use. */
export function datamodel(): Datamodel {
  loaded ??= build(JSON.parse(readFileSync(new URL('./datamodel.json', import.meta.url), 'utf8')) as RawModel) // our own file
  return loaded
}

function build(raw: RawModel): Datamodel {
  const classes = new Map<string, Class>()
  const messages = new Map<string, Message>()
  for (const name of raw.classOrder) {
    const source = raw.classes[name]
    if (!source) throw new Error(`datamodel.json lists no class ${name}`)
    const cls = buildClass(name, source, raw.roleSets)
    classes.set(name, cls)
    for (const message of cls.messages) messages.set(message.name, message)
  }
  return {
    apiVersion: { major: raw.apiVersion[0], minor: raw.apiVersion[1] },
    schemaVersion: { major: raw.schemaVersion[0], minor: raw.schemaVersion[1] },
    classes,
    messages,
    enums: new Map(Object.entries(raw.enums)),
    errors: new Map(raw.errors.map(error => [error.code, error.params])),
    relations: raw.relations
      .filter(r => r.kind === 'one-to-many' || (r.kind === 'many-to-many' && r.from.join() !== r.to.join()))
      .map(r => ({
        kind: r.kind === 'one-to-many' ? 'one-to-many' : 'many-to-many',
        from: { class: r.from[0], field: r.from[1] },
        to: { class: r.to[0], field: r.to[1] },
      })),
    emergencyCalls: new Set(raw.emergencyCalls),
    roles: raw.roles,
    roleOrderInDenials: raw.rolesOrderInDeniedMessage,
    httpActions: raw.httpActions.flatMap(action => [
      { name: action.name, roles: raw.roleSets[action.roles] ?? [] },
      ...Object.entries(action.subActions ?? {}).map(([sub, set]) => ({
        name: `${action.name}/${sub}`,
        roles: raw.roleSets[set] ?? [],
      })),
    ]),
    extraPermissions: Object.entries(raw.extraPermissions).map(([name, set]) => ({
      name,
      roles: raw.roleSets[set] ?? [],
    })),
  }
}

function buildClass(name: string, raw: RawClass, roleSets: Record<string, string[]>): Class {
  return {
    name,
    inDatabase: raw.inDatabase,
    exposesGetAll: raw.exposesGetAll,
    events: raw.events,
    tasks: raw.tasks,
    persistent: raw.persistent,
    fields: raw.fields.map(field => ({
      name: field.name,
      dbName: field.dbName ?? field.name,
      type: parseType(field.type),
      qualifier: field.qualifier,
      default: field.default,
      internal: field.internal === true,
      persistent: field.persist !== false,
    })),
    messages: raw.messages.map(message => ({
      name: `${name}.${message.name}`,
      class: name,
      parameters: message.params.map(parameter => ({
        name: parameter[0],
        type: parseType(parameter[1]),
        optional: parameter.length > 2,
        default: parameter[2],
      })),
      result: parseType(message.result),
      implicit: message.implicit,
      field: fieldOf(message),
      session: message.session !== false,
      async: message.async === true,
      hidden: message.hidden === true,
      poolInternal: message.poolInternal === true,
      secret: message.secret === true,
      removed: message.state === 'removed',
      roles: roleSets[message.roles] ?? [],
      keyRoles: Object.fromEntries(
        Object.entries(message.keyRoles ?? {}).map(([key, set]) => [key, roleSets[set] ?? []]),
      ),
    })),
  }
}

function fieldOf(message: RawMessage): string | undefined {
  switch (message.implicit) {
    case 'get':
    case 'set':
      return message.name.slice(4)
    case 'add':
      return message.name.replace(/^add_(to_)?/, '')
    case 'remove':
      return message.name.replace(/^remove_(from_)?/, '')
    default:
      return undefined
  }
}
