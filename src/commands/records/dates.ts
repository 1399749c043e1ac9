import { internalError } from '../errors.ts'

const form = /^(\d{4})(-?)(\d\d)\2(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[-+]\d\d(?::?\d\d)?)?$/

/**
 * A date as xe prints it, `YYYYMMDDThh:mm:ssZ`, whichever of the two forms of ISO 8601 the host used. A missing offset
 * reads as none; any other is kept. docs/spec/xe-cli-semantics.md 3.3.
 */
export function formatDate(text: string): string {
  const match = form.exec(text)
  const [, year, dash, month, day, hour, minute, second, fraction, zone = 'Z'] = match ?? []
  if (!match || (fraction && !dash)) throw internalError(`Failure: date '${text}'`)
  const digits = zone.replace(/\D/g, '').padEnd(4, '0')
  const offset = digits === '0000' ? 'Z' : `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
  return `${year}${month}${day}T${hour}:${minute}:${second}${offset}`
}
