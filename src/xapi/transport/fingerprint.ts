/**
 * The SHA-256 fingerprint of a certificate as it is printed everywhere: 32 bytes in capitals with colons between them. Takes it
 * with or without colons, in either case, with or without `SHA256:` before it. Undefined where the text is none.
 */
export function normalFingerprint(text: string): string | undefined {
  const digits = text
    .trim()
    .replace(/^sha-?256[:= ]/i, '')
    .replaceAll(':', '')
    .toUpperCase()
  return /^[0-9A-F]{64}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : undefined
}
