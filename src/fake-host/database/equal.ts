import type { Value } from '../../datamodel/index.ts'

/** Whether two values are the same, the order of sets and maps included: that is what the database stores. */
export function equalValues(a: Value, b: Value): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalValues(item, b[i] as Value)) // same length
  }
  if (!(a instanceof Map) || !(b instanceof Map) || a.size !== b.size) return false
  const others = b.entries()
  for (const [key, value] of a) {
    const other = others.next().value
    if (other === undefined || other[0] !== key || !equalValues(value, other[1])) return false
  }
  return true
}
