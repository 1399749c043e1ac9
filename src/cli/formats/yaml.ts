import { Document, visit } from 'yaml'
import type { Datum } from '../../commands/index.ts'

/** What YAML wants escaped, and what a terminal would act upon or not show (see json.ts). */
const UNSEEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A document of YAML 1.2 in block style. */
export function yaml(datum: Datum): string {
  const document = new Document(datum)
  // Only quotes allow for escapes.
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.search(UNSEEN) >= 0) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document
    .toString({ lineWidth: 0 })
    .replace(UNSEEN, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
