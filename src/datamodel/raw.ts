import type { Implicit, JsonValue, Qualifier } from './model.ts'

// The shape of datamodel.json, as its member `_format` explains it.

interface RawField {
  name: string
  dbName?: string
  type: string
  qualifier: Qualifier
  default?: JsonValue
  internal?: boolean
  persist?: boolean
}
export interface RawMessage {
  name: string
  params: [string, string, JsonValue?][]
  result: string
  implicit?: Implicit
  roles: string
  session?: boolean
  async?: boolean
  hidden?: boolean
  poolInternal?: boolean
  secret?: boolean
  state: string
  keyRoles?: Record<string, string>
}
export interface RawClass {
  fields: RawField[]
  messages: RawMessage[]
  inDatabase: boolean
  exposesGetAll: boolean
  events: boolean
  tasks: boolean
  persistent: boolean
}
export interface RawModel {
  apiVersion: [number, number]
  schemaVersion: [number, number]
  classOrder: string[]
  classes: Record<string, RawClass>
  enums: Record<string, string[]>
  errors: { code: string; params: string[] }[]
  errorsWithoutDatamodelEntry: string[]
  emergencyCalls: string[]
  relations: { kind: string; from: [string, string]; to: [string, string] }[]
  roleSets: Record<string, string[]>
  rolesOrderInDeniedMessage: string[]
  roles: { name: string; uuid: string; ref: string; internal: boolean; rank: number }[]
  extraPermissions: Record<string, string>
  httpActions: { name: string; method: string; uri: string; roles: string; subActions?: Record<string, string> }[]
}
