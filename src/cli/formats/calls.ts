import type { Datum } from '../../commands/index.ts'
import { table } from './csv.ts'
import { document } from './documents.ts'
import { compact, pretty } from './json.ts'
import { visible } from './visible.ts'

/** A call that a command made, or would have made (src/cli/dry-run). */
export interface Call {
  readonly method: string
  /** Without the session, which goes first. */
  readonly parameters: readonly Datum[]
  readonly made: boolean
  /** Undefined where nobody knows it. */
  readonly result: Datum | undefined
}

/** What stands for the result of a call that was not made. */
const UNKNOWN = /"(<unknown \d+>)"/g
/** Longer results are only measured. */
const LONGEST = 120

/** The calls of a command, a line each, or in the form that was asked for. */
export async function printedCalls(calls: readonly Call[], form: string, command: string): Promise<string> {
  const calling = () => document(command, 'calls', [['calls', calls.map(datum)]])
  if (form === 'json') return `${pretty(calling())}\n`
  if (form === 'yaml') return (await import('./yaml.ts')).yaml(calling())
  if (form === 'csv') return table([['made', 'method', 'parameters', 'result'], ...calls.map(cells)])
  return calls.map(line).join('')
}

function datum({ method, parameters, made, result }: Call): Datum {
  return new Map<string, Datum>([
    ['method', method],
    ['parameters', parameters],
    ['made', made],
    ['result', result ?? null],
  ])
}

function cells({ method, parameters, made, result }: Call): readonly string[] {
  return [String(made), method, compact(parameters), made && result !== undefined ? compact(result) : '']
}

function line({ method, parameters, made, result }: Call): string {
  const outcome = result === undefined || result === '' ? '' : ` = ${brief(result)}`
  return `${made ? 'made    ' : 'not made'}  ${method}(${parameters.map(shown).join(', ')})${outcome}\n`
}

function brief(result: Datum): string {
  const text = shown(result)
  if (text.length <= LONGEST) return text
  if (result instanceof Map) return `{ ${result.size} entries }`
  return Array.isArray(result) ? `[ ${result.length} items ]` : `${text.slice(0, LONGEST)}...`
}

/** A value as JSON, but what is unknown without quotes: it is no text of anybody's. */
function shown(value: Datum): string {
  return visible(compact(value)).replace(UNKNOWN, '$1')
}
