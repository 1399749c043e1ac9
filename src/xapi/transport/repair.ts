/** What holds markup characters as text: a CDATA section, or a comment. */
const opaque = '<!\\[CDATA\\[[^]*?\\]\\]>|<!--[^]*?-->'
const bareAmpersand = '&(?!(?:amp|lt|gt|quot|apos|#\\d+|#x[\\da-f]+);)'
const suspects = new RegExp(`${opaque}|<name>([^]*?)</name>|${bareAmpersand}`, 'gi')
const opaquePart = new RegExp(opaque)
const bareMarkup = new RegExp(`${bareAmpersand}|<`, 'gi')

const escaped = (character: string): string => (character === '&' ? '&amp;' : '&lt;')

/**
 * An XML-RPC document without the markup that was meant as text. A host escapes values but not the names of struct members,
 * so that a map key with `&` or `<` comes as it is (docs/spec/protocol-semantics.md 1.3). A key that holds what looks like
 * an entity cannot be told from an escaped one and is read as the latter. Anywhere else an ampersand that starts no entity
 * of XML is read as itself.
 */
export function repairMarkup(xml: string): string {
  return xml.replace(suspects, (found, name: string | undefined) => {
    if (found === '&') return '&amp;'
    if (name === undefined || opaquePart.test(name)) return found
    return `<name>${name.replace(bareMarkup, escaped)}</name>`
  })
}
