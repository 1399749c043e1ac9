/** A XenAPI type, as datamodel.json spells it: `string`, `PIF ref set`, `(string -> enum vif_operations) map`, ... */
export type Type =
  | { readonly kind: 'string' | 'int' | 'float' | 'bool' | 'datetime' | 'void' | 'any' }
  | { readonly kind: 'enum'; readonly name: string }
  | { readonly kind: 'ref'; readonly class: string }
  | { readonly kind: 'record'; readonly class: string }
  | { readonly kind: 'set'; readonly of: Type }
  | { readonly kind: 'option'; readonly of: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }

const scalars = new Set(['string', 'int', 'float', 'bool', 'datetime', 'void'])
const parsed = new Map<string, Type>()

/** The structure of a type. Throws on a spelling that datamodel.json does not use. */
export function parseType(text: string): Type {
  const known = parsed.get(text)
  if (known) return known
  const type = parse(text)
  parsed.set(text, type)
  return type
}

function parse(text: string): Type {
  if (scalars.has(text)) return { kind: text as 'string' } // narrowed by the set above
  if (text === '<class> record') return { kind: 'any' }
  if (text === 'secret string') return { kind: 'string' }
  if (text.endsWith(' set')) return { kind: 'set', of: parseType(text.slice(0, -4)) }
  if (text.endsWith(' option')) return { kind: 'option', of: parseType(text.slice(0, -7)) }
  if (text.startsWith('(') && text.endsWith(') map')) {
    const inner = text.slice(1, -5)
    const arrow = inner.indexOf(' -> ')
    return { kind: 'map', key: parseType(inner.slice(0, arrow)), value: parseType(inner.slice(arrow + 4)) }
  }
  if (text.startsWith('enum ')) return { kind: 'enum', name: text.slice(5) }
  if (text.endsWith(' ref')) return { kind: 'ref', class: text.slice(0, -4) }
  if (text.endsWith(' record')) return { kind: 'record', class: text.slice(0, -7) }
  throw new Error(`no XenAPI type: ${text}`)
}
