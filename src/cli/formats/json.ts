import type { Datum } from '../../commands/index.ts'

/** JSON on one line. */
export function compact(datum: Datum): string {
  return write(datum, '', '')
}

/** JSON as people read it. */
export function pretty(datum: Datum): string {
  return write(datum, '\n', '  ')
}

/** Maps keep the order of their keys, and an integer all of its digits, which JSON.stringify knows nothing of. */
function write(datum: Datum, line: string, step: string): string {
  if (typeof datum === 'string') return quoted(datum)
  if (typeof datum === 'bigint') return String(datum)
  if (datum === null || typeof datum !== 'object') return JSON.stringify(datum)
  const inner = `${line}${step}`
  if (isList(datum))
    return enclosed(
      '[',
      datum.map(item => write(item, inner, step)),
      ']',
      line,
      step,
    )
  const space = step === '' ? '' : ' '
  const members = Array.from(datum, ([key, value]) => `${quoted(key)}:${space}${write(value, inner, step)}`)
  return enclosed('{', members, '}', line, step)
}

function enclosed(open: string, parts: readonly string[], close: string, line: string, step: string): string {
  if (parts.length === 0) return `${open}${close}`
  return `${open}${line}${step}${parts.join(`,${line}${step}`)}${line}${close}`
}

const isList = (datum: readonly Datum[] | ReadonlyMap<string, Datum>): datum is readonly Datum[] => Array.isArray(datum)

/** Also escaped: what a terminal would act upon (C1 controls) or would not show (marks of direction, line separators). */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
