import { SaxesParser } from 'saxes'
import type { Json } from '../../xapi/wire/json.ts'
import type { SnapshotOptions } from '../database/findings.ts'
import { checkObjects, Findings, type Snapshot } from '../database/index.ts'
import { FakeHostError } from '../error.ts'
import { classOfTable, isLoaded, Rows } from './rows.ts'

type Columns = Readonly<Record<string, string>>

/** Where each element stands. */
const PARENTS: Readonly<Record<string, string>> = {
  database: '',
  manifest: 'database',
  pair: 'manifest',
  table: 'database',
  row: 'table',
}

/**
 * Reads a pool database as hosts dump it: a table for each class, and in it a row for each object with a column for each field,
 * named and written as in the database (docs/spec/protocol-semantics.md 3.7). Left out are secrets, sessions, tasks and roles.
 * Throws FakeHostError.
 * @param chunks the file, piece by piece
 */
export async function readDump(chunks: AsyncIterable<Uint8Array>, options: SnapshotOptions): Promise<Snapshot> {
  const { name } = options
  const findings = new Findings(options)
  const tables = new Tables(findings)
  const parser = new SaxesParser({ xmlns: false, position: true })
  const open: string[] = []
  parser.on('error', error => {
    throw new FakeHostError(`${name}: this is not XML as it should be (${error.message})`)
  })
  parser.on('opentag', ({ name: element, attributes }) => {
    if (PARENTS[element] !== (open.at(-1) ?? '')) {
      throw new FakeHostError(`${name}: this is XML, but no pool database (<${element}> has no place there)`)
    }
    open.push(element)
    if (element === 'table') tables.begin(attributes.name ?? '')
    if (element === 'row') tables.add(attributes)
  })
  parser.on('closetag', () => void open.pop())
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of chunks) parser.write(decoder.decode(chunk, { stream: true }))
    parser.write(decoder.decode()).close()
  } catch (error) {
    if (error instanceof TypeError) throw new FakeHostError(`${name}: this is not a text in UTF-8`)
    throw error
  }
  return { seed: undefined, ...checkObjects(tables.objects, findings, name) }
}

/** The tables of a dump, one after the other. */
class Tables {
  readonly #findings: Findings
  readonly #tables = new Map<string, Rows>()
  #table = ''

  constructor(findings: Findings) {
    this.#findings = findings
  }

  get objects(): ReadonlyMap<string, Json> {
    return new Map([...this.#tables].map(([table, rows]) => [table, rows.records]))
  }

  begin(table: string): void {
    this.#table = table
    const cls = classOfTable(table)
    if (cls && isLoaded(cls) && !this.#tables.has(table)) this.#tables.set(table, new Rows(cls, this.#findings))
  }

  add(columns: Columns): void {
    const table = this.#table
    const rows = this.#tables.get(table)
    if (rows) rows.add(columns)
    else if (table === 'secret') this.#findings.leave('secret objects', 1)
    else if (!classOfTable(table)?.inDatabase) {
      this.#findings.drop(`table ${table}`, 'this release has no such table', `rows of table ${table}`)
    }
  }
}
