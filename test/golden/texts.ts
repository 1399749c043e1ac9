const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What each `{{message:CODE}}` was seen to be: the same line wherever that code appears. */
export type Messages = Map<string, string>

/**
 * Whether a printed text is the expected one. Placeholders stand for our own words: `{{message:CODE}}` for a line that
 * explains a code, `{{text:a|b}}` for a line that names a and b, `{{usage}}` for any text, `{{usage-hint}}` for a line,
 * `{{uuid}}` for a uuid. The rest is literal.
 */
export function matches(expected: string, actual: string, messages: Messages): boolean {
  if (!expected.includes('{{')) return expected === actual
  const checks: [kind: string, names: string | undefined][] = []
  const source = expected.split(/(\{\{[^{}]*\}\})/).map(part => {
    const placeholder = /^\{\{([^:}]*)(?::([\s\S]*))?\}\}$/.exec(part)
    if (!placeholder) return quote(part)
    const [, kind = '', names] = placeholder
    if (kind === 'uuid') return '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    if (kind === 'usage') return '[\\s\\S]+?'
    checks.push([kind, names])
    return '([^\\n]+)'
  })
  const found = new RegExp(`^${source.join('')}$`).exec(actual)
  return found !== null && checks.every(([kind, names = ''], at) => fits(kind, names, found[at + 1] ?? '', messages))
}

function fits(kind: string, names: string, text: string, messages: Messages): boolean {
  if (kind === 'text') return names.split('|').every(name => text.includes(name))
  if (kind !== 'message') return true
  const seen = messages.get(names) ?? text
  messages.set(names, seen)
  return seen === text
}
