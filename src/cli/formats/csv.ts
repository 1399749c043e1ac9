import type { Line, Output } from '../../commands/index.ts'
import { fieldName } from './documents.ts'

/**
 * Comma-separated values by RFC 4180, the first line naming the columns. A set or a map is one value, as xe writes it; a
 * reference to nothing is empty, as is what a record does not have.
 */
export function csv(output: Output): string {
  if (output.kind === 'records') {
    const columns = columnsOf(output)
    return table([columns, ...output.records.map(record => rowOf(record, columns))])
  }
  if (output.kind === 'values') return table([['value'], ...output.values.map(value => [value])])
  return output.kind === 'file' ? table([['path'], [output.path]]) : ''
}

/** The names of all fields, those that the output promises first. */
export function columnsOf({ fields = [], records }: Output & { kind: 'records' }): readonly string[] {
  return [...new Set([...fields, ...records.flatMap(record => record.map(([label]) => fieldName(label)))])]
}

function rowOf(record: readonly Line[], columns: readonly string[]): readonly string[] {
  const values = new Map(record.map(([label, value, data]) => [fieldName(label), data === null ? '' : value]))
  return columns.map(column => values.get(column) ?? '')
}

/** Rows of cells as comma-separated values. */
export function table(all: readonly (readonly string[])[]): string {
  return all.map(row => `${row.map(quoted).join(',')}\r\n`).join('')
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
