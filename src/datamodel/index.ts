export type { XenApi } from './api.gen.ts'
export * from './enums.gen.ts'
export { type ErrorCode, errorParameters } from './errors.gen.ts'
export {
  type Class,
  type Datamodel,
  datamodel,
  type Field,
  type Implicit,
  type JsonValue,
  type Message,
  type Parameter,
  type Qualifier,
  type Relation,
} from './model.ts'
export type * from './records.gen.ts'
export { isSecretField, isSecretKey, isSecretParameter } from './secrets.ts'
export { parseType, type Type } from './type.ts'
export { EPOCH, NULL_REF, type Ref, type Value } from './values.ts'
