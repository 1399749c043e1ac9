import { fieldName } from './documents.ts'
import type { Change } from './style.ts'
import { visible } from './visible.ts'

/** A change on one line: what happened, and the record as FIELD=VALUE words, in quotes where a value has blanks. */
export function changeText({ operation, record }: Change): string {
  const words = record.map(([label, value]) => `${fieldName(label)}=${word(visible(value))}`)
  return `${[operation, ...words].join(' ')}\n`
}

function word(value: string): string {
  return value === '' || /[\s"']/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
}
