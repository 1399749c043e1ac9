import { isObject, OvsdbError, refusal } from './error.ts'
import { type OvsdbValue, type Row, rowFromJson, rowToJson, valueToJson } from './value.ts'

type Comparison = '<' | '<=' | '==' | '!=' | '>=' | '>' | 'includes' | 'excludes'
type Mutator = '+=' | '-=' | '*=' | '/=' | '%=' | 'insert' | 'delete'

export type Condition = readonly [column: string, comparison: Comparison, value: OvsdbValue]
type Mutation = readonly [column: string, mutator: Mutator, value: OvsdbValue]

/** What a transaction is made of (RFC 7047 5.2). */
export type Operation =
  | { readonly op: 'insert'; readonly table: string; readonly row: Row; readonly 'uuid-name'?: string }
  | {
      readonly op: 'select'
      readonly table: string
      readonly where: readonly Condition[]
      readonly columns?: readonly string[]
    }
  | { readonly op: 'update'; readonly table: string; readonly where: readonly Condition[]; readonly row: Row }
  | {
      readonly op: 'mutate'
      readonly table: string
      readonly where: readonly Condition[]
      readonly mutations: readonly Mutation[]
    }
  | { readonly op: 'delete'; readonly table: string; readonly where: readonly Condition[] }
  | {
      readonly op: 'wait'
      readonly table: string
      readonly where: readonly Condition[]
      readonly columns: readonly string[]
      readonly until: '==' | '!='
      readonly rows: readonly Row[]
      /** Milliseconds. */
      readonly timeout?: number
    }
  /** Fails unless this connection holds the lock. */
  | { readonly op: 'assert'; readonly lock: string }
  | { readonly op: 'comment'; readonly comment: string }
  | { readonly op: 'abort' }

/** What an operation has done: the row that it inserted, the rows that it found, how many it changed. */
export interface OperationResult {
  readonly uuid: string | undefined
  readonly rows: readonly Row[]
  readonly count: number
}

export function operationToJson(operation: Operation): Record<string, unknown> {
  const json: Record<string, unknown> = { ...operation }
  if ('row' in operation) json.row = rowToJson(operation.row)
  if ('rows' in operation) json.rows = operation.rows.map(rowToJson)
  if ('where' in operation) json.where = operation.where.map(tripleToJson)
  if ('mutations' in operation) json.mutations = operation.mutations.map(tripleToJson)
  return json
}

const tripleToJson = ([column, word, value]: readonly [string, string, OvsdbValue]): unknown[] => [
  column,
  word,
  valueToJson(value),
]

/**
 * The results of a transaction. A refused operation sits inside of a reply that says success, and then nothing has been applied;
 * what fails at the end of all stands behind the last operation (RFC 7047 4.1.3). Throws OvsdbError.
 */
export function resultsFromJson(json: unknown, operations: readonly Operation[]): OperationResult[] {
  if (!Array.isArray(json)) throw new OvsdbError('protocol', 'the results of a transaction are no list')
  const failed = json.findIndex(result => isObject(result) && result.error !== undefined && result.error !== null)
  if (failed >= 0) {
    const operation = operations[failed]
    throw refusal(operation ? describe(operation) : 'transaction', json[failed], failed)
  }
  if (json.length < operations.length) throw new OvsdbError('protocol', 'a transaction has too few results')
  return json.slice(0, operations.length).map(resultFromJson)
}

const describe = (operation: Operation): string =>
  'table' in operation ? `${operation.op} ${operation.table}` : operation.op

function resultFromJson(json: unknown): OperationResult {
  const result = isObject(json) ? json : {}
  const uuid = Array.isArray(result.uuid) && typeof result.uuid[1] === 'string' ? result.uuid[1] : undefined
  return {
    uuid,
    rows: Array.isArray(result.rows) ? result.rows.map(rowFromJson) : [],
    count: typeof result.count === 'number' ? result.count : 0,
  }
}
