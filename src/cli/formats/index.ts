import type { Output } from '../../commands/index.ts'
import { csv } from './csv.ts'
import { changeOf, documentOf, type ErrorDocument, errorOf, remarkOf } from './documents.ts'
import { compact, pretty } from './json.ts'
import type { Change, Style } from './style.ts'

export { type Call, printedCalls } from './calls.ts'
export type { Change, Screen, Style } from './style.ts'

// Loaded when somebody asks for another form than xe's (docs/output.md); the larger libraries only by the form that needs them.

/** What a command prints, in the form that was asked for. */
export async function formatted(output: Output, style: Style): Promise<string> {
  if (style.form === 'json') return `${pretty(documentOf(output, style.command))}\n`
  if (style.form === 'csv') return csv(output)
  if (style.form === 'yaml') return (await import('./yaml.ts')).yaml(documentOf(output, style.command))
  return (await import('./table.ts')).table(output, style.screen)
}

/** A line for something that has changed in a list that is being watched. */
export async function changeLine(change: Change, { form, command }: Style): Promise<string> {
  if (form === 'json') return `${compact(changeOf(change, command))}\n`
  return (await import('./change.ts')).changeText(change)
}

/** Lines no wider than a terminal, with nothing in them that it acts upon. */
export async function cutLines(lines: readonly string[], columns: number): Promise<readonly string[]> {
  const [{ wrapped }, { visible }] = await Promise.all([import('./cells.ts'), import('./visible.ts')])
  return lines.flatMap(line => wrapped(visible(line), columns, 1))
}

/** A remark that a command makes while it works, as a line of JSON. */
export function remarkDocument(message: string, command: string): string {
  return `${compact(remarkOf(message, command))}\n`
}

/** What a command prints, as a line of JSON. */
export function outputDocument(output: Output, command: string): string {
  return `${compact(documentOf(output, command))}\n`
}

/** A failure as a line of JSON. */
export function errorDocument(failure: ErrorDocument): string {
  return `${compact(errorOf(failure))}\n`
}
