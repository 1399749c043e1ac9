import { stringify } from 'yaml'
import type { Datum } from '../../commands/index.ts'

/** A document of YAML 1.2 in block style. */
export function yaml(document: Datum): string {
  return stringify(document, { lineWidth: 0 })
}
