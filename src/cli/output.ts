import type { Line, Output } from '../commands/index.ts'

/** What a command prints on success (docs/spec/xe-cli-semantics.md 3). */
export function render(output: Output, isMinimal: boolean): string {
  if (isMinimal) return `${minimalParts(output).join(',')}\n`
  if (output.kind === 'records' && output.picture) return output.picture.map(line => `${line}\n`).join('')
  if (output.kind === 'records') return output.records.map(printedRecord).join('')
  return output.kind === 'values' ? output.values.map(value => `${value}\n`).join('') : ''
}

/** A record and the two empty lines behind it (3.1). Widths count bytes. */
export function printedRecord(lines: readonly Line[]): string {
  const width = 4 + Math.max(0, ...lines.map(([label]) => Buffer.byteLength(label)))
  const printed = lines.map(([label, value], position) => {
    const padding = ' '.repeat(width - Buffer.byteLength(label))
    return position === 0 ? `${label}${padding}: ${value}` : `${padding}${label}: ${value}`
  })
  return `${printed.join('\n')}\n\n\n`
}

/** The first value of each record, or every value; a table with a record that has no values contributes nothing (3.6). */
function minimalParts(output: Output): readonly string[] {
  if (output.kind === 'values') return output.values.map(minimal)
  if (output.kind !== 'records') return []
  const firsts = output.records.flatMap(([first]) => (first ? [minimal(first[1])] : []))
  return firsts.length === output.records.length ? firsts : []
}

/** An element of a `--minimal` line. */
export function minimal(value: string): string {
  return value.replace(/[\\,]/g, '\\$&')
}
