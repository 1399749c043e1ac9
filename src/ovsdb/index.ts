export { type OvsdbAddress, parseOvsdbAddress, parsePassiveAddress } from './address.ts'
export { OvsdbError, type OvsdbErrorKind } from './error.ts'
export { type ListenOptions, listenOvsdb, type OvsdbListener } from './listen.ts'
export type { Lock } from './lock.ts'
export type { Condition, Operation, OperationResult } from './operation.ts'
export { connectOvsdb, type Ovsdb, type OvsdbOptions, type Watched } from './ovsdb.ts'
export type { Change, Replica } from './replica.ts'
export type { OvsdbTls } from './socket.ts'
export {
  type Atom,
  mapOf,
  type NamedUuid,
  type OvsdbValue,
  optionalOf,
  type Row,
  sameValue,
  setOf,
  textOf,
  type Uuid,
  uuidsOf,
} from './value.ts'
