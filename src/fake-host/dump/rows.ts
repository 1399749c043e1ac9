import { type Class, datamodel, type Field, isSecretField, isSecretKey, NULL_REF } from '../../datamodel/index.ts'
import type { Json } from '../../xapi/wire/json.ts'
import type { Findings } from '../database/index.ts'
import { fromStoredForm, withSpaces } from './stored-form.ts'

/** What the database keeps of each row beside its columns. */
const OF_THE_ROW = new Set(['ref', '_ref', '__ctime', '__mtime'])

/** The rows of a table, as records of its class. */
export class Rows {
  readonly records: Map<string, Json> = new Map()
  readonly #findings: Findings
  readonly #class: Class
  readonly #fields: ReadonlyMap<string, Field>

  constructor(cls: Class, findings: Findings) {
    this.#class = cls
    this.#findings = findings
    this.#fields = new Map(cls.fields.map(field => [field.dbName, field]))
  }

  add(columns: Readonly<Record<string, string>>): void {
    const { name } = this.#class
    const ref = columns.ref ?? columns._ref
    if (ref === undefined) this.#findings.refuse(`table ${name}`, 'a row without a reference')
    const record = new Map<string, Json>()
    for (const [column, text] of Object.entries(columns)) {
      if (OF_THE_ROW.has(column)) continue
      const field = this.#fields.get(column)
      const where = `table ${name}, row ${ref}, column ${column}`
      if (!field) this.#findings.drop(where, 'this release has no such column', `column ${name}.${column}`)
      else this.#put(record, field, withSpaces(text))
    }
    this.records.set(ref, record)
  }

  #put(record: Map<string, Json>, field: Field, text: string): void {
    const { name } = this.#class
    const leave = (): void => this.#findings.leave(`secrets in ${name}.${field.name}`, 1)
    if (isSecretField(name, field.name)) {
      if (text !== '' && text !== NULL_REF) leave()
      return
    }
    const value = fromStoredForm(field.type, text)
    record.set(field.name, value instanceof Map ? withoutSecrets(value, leave) : value)
  }
}

function withoutSecrets(map: ReadonlyMap<string, Json>, onSecret: () => void): Json {
  return new Map(
    [...map].filter(([key, value]) => {
      if (isSecretKey(key) && value !== '') onSecret()
      return !isSecretKey(key)
    }),
  )
}

/** Whether objects of a class are in a pool that has just been started from a dump: not those that such a start ends. */
export function isLoaded(cls: Class): boolean {
  return cls.inDatabase && cls.persistent && cls.name !== 'role' && cls.name !== 'secret'
}

/** The class that a table is of. */
export const classOfTable = (table: string): Class | undefined => datamodel().classes.get(table)
