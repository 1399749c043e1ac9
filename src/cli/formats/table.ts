import { Chalk, type ChalkInstance } from 'chalk'
import Table from 'cli-table3'
import type { Line, Output } from '../../commands/index.ts'
import { widthOf, wrapped } from './cells.ts'
import { columnsOf } from './csv.ts'
import { fieldName } from './documents.ts'
import type { Screen } from './style.ts'
import { visible } from './visible.ts'

/** Between two columns. */
const GAP = 2
/** A column that gives way keeps this much, so that a uuid is on two lines and whole. */
const NARROWEST = 20
/** How many lines of a terminal a row may take. */
const TALLEST = 3

/**
 * Records as a table for people: a row for each, or, where that is too wide for the terminal, a block for each with a line a
 * field. What is not a terminal gets all of every value on one line.
 */
export function table(output: Output, { columns, colour }: Screen): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 })
  if (output.kind === 'values') return output.values.map(value => `${visible(value)}\n`).join('')
  if (output.kind === 'file') return `${visible(output.path)}\n`
  if (output.kind === 'nothing') return ''
  if (output.picture) return output.picture.map(line => `${line}\n`).join('')
  if (output.single) return blocks(output.records, columns, chalk)
  const names = columnsOf(output)
  const cells = output.records.map(record => rowOf(record, names))
  const widths = names.map((name, at) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), widthOf(name)),
  )
  const fitting = columns === undefined ? widths : narrowed(widths, columns - GAP * (names.length - 1))
  return fitting ? rows(names, cells, fitting, chalk) : blocks(output.records, columns, chalk)
}

function rowOf(record: readonly Line[], names: readonly string[]): readonly string[] {
  const values = new Map(record.map(([label, value]) => [fieldName(label), visible(value)]))
  return names.map(name => values.get(name) ?? '')
}

/** Widths that together take no more than that: the widest columns give way. Undefined where they would say too little. */
function narrowed(widths: readonly number[], room: number): readonly number[] | undefined {
  const total = (most: number) => widths.reduce((sum, width) => sum + Math.min(width, most), 0)
  let most = Math.max(0, ...widths)
  while (most > NARROWEST && total(most) > room) most--
  return total(most) > room ? undefined : widths.map(width => Math.min(width, most))
}

function rows(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  chalk: ChalkInstance,
): string {
  const widthAt = (at: number): number => widths[at] ?? 0
  const head = names.map((name, at) => inLines(name, widthAt(at), text => chalk.bold(text)))
  const rule = names.map((_, at) => chalk.dim('-'.repeat(widthAt(at))))
  const body = cells.map(row => row.map((cell, at) => inLines(cell, widthAt(at), text => shade(text, cell, chalk))))
  return laidOut([head, rule, ...body], widths)
}

/** Each record with a line a field, names on the left. */
function blocks(records: readonly (readonly Line[])[], columns: number | undefined, chalk: ChalkInstance): string {
  const names = records.flatMap(record => record.map(([label]) => fieldName(label)))
  const left = Math.max(0, ...names.map(widthOf))
  const room = columns === undefined ? undefined : Math.max(NARROWEST, columns - left - GAP)
  const block = (record: readonly Line[]): string => {
    const lines = record.map(([, value]) => (room === undefined ? [visible(value)] : wrapped(visible(value), room)))
    const cells = record.map(([label, value], at) => [
      chalk.bold(fieldName(label).padEnd(left)),
      (lines[at] ?? []).map(line => shade(line, value, chalk)).join('\n'),
    ])
    return laidOut(cells, [left, Math.max(1, ...lines.flat().map(widthOf))])
  }
  return records.map(block).join('\n')
}

function inLines(cell: string, width: number, style: (line: string) => string): string {
  return wrapped(cell, width, TALLEST).map(style).join('\n')
}

/** What stands for a missing value is fainter than values. */
function shade(text: string, cell: string, chalk: ChalkInstance): string {
  return /^<.*>$/.test(cell) ? chalk.dim(text) : text
}

const NONE = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] // biome-ignore format: a list

/** How many rows are laid out at a time: the work grows faster than the number. */
const ROWS = 64

/** Rows of cells, side by side, without borders. */
function laidOut(all: readonly (readonly string[])[], widths: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < all.length; at += ROWS) {
    const drawn = new Table({
      chars: { ...Object.fromEntries(NONE.map(name => [name, ''])), middle: ' '.repeat(GAP) },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colWidths: [...widths],
    })
    drawn.push(...all.slice(at, at + ROWS).map(row => [...row]))
    parts.push(`${drawn.toString().replace(/ +$/gm, '')}\n`)
  }
  return parts.join('')
}
