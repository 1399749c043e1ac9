import type { Datum, Detail, Line, Output } from '../../commands/index.ts'
import type { Change } from './style.ts'

/** The version of the shapes below, which docs/output.md promises and schema/output-v1.json states. */
const VERSION = 1

type Document = ReadonlyMap<string, Datum>

/** What is to be told of a failure. */
export interface ErrorDocument {
  readonly command: string
  readonly code: string
  readonly params: readonly string[]
  readonly details: readonly Detail[]
  readonly message: string
  readonly hint: string | undefined
  readonly exit_status: number
}

/** What a command prints, as data. */
export function documentOf(output: Output, command: string): Document {
  if (output.kind === 'records') return document(command, 'records', [['records', output.records.map(recordOf)]])
  if (output.kind === 'values') return document(command, 'values', [['values', output.data ?? output.values]])
  if (output.kind === 'nothing') return document(command, 'nothing', [])
  return document(command, 'file', [
    ['path', output.path],
    ['notes', output.notes],
  ])
}

export function changeOf({ operation, record }: Change, command: string): Document {
  return document(command, 'change', [
    ['operation', operation],
    ['record', recordOf(record)],
  ])
}

export function remarkOf(message: string, command: string): Document {
  return document(command, 'remark', [['message', message]])
}

export function errorOf({ command, code, params, details, message, hint, exit_status }: ErrorDocument): Document {
  return document(command, 'error', [
    ['code', code],
    ['params', params],
    ['details', details.map(({ label, value }) => new Map(Object.entries({ label, value })))],
    ['message', message],
    ['hint', hint ?? null],
    ['exit_status', exit_status],
  ])
}

/** A document of the shape that docs/output.md promises. */
export function document(command: string, kind: string, rest: readonly (readonly [string, Datum])[]): Document {
  return new Map<string, Datum>([['version', VERSION], ['command', command], ['kind', kind], ...rest])
}

/** A record by the names of its fields. */
function recordOf(lines: readonly Line[]): Document {
  return new Map(lines.map(([label, value, data]) => [fieldName(label), data === undefined ? value : data]))
}

/** The name in a label, without the marker of docs/spec/xe-cli-semantics.md 3.2. */
export function fieldName(label: string): string {
  return label.replace(/ \((?:[SM]R|\s?R)[OW]\)(?: \[DEPRECATED\])?$/, '')
}
