const literal = /^([-+]?)(?:0[xX]([\da-fA-F][\da-fA-F_]*)|0[oO]([0-7][0-7_]*)|0[bB]([01][01_]*)|(\d[\d_]*))$/
const limit = 1n << 63n

/**
 * A 64-bit integer as xe reads one: decimal, `0x`, `0o` or `0b`, with a sign and with underscores; undefined where the text
 * is none. A number, or a bigint where a number would lose digits. docs/spec/xe-cli-semantics.md 3.10.
 */
export function parseInteger(text: string): number | bigint | undefined {
  const match = literal.exec(text)
  if (!match) return undefined
  const [, sign, hexadecimal, octal, binary, decimal] = match
  const prefixed = hexadecimal ? `0x${hexadecimal}` : octal ? `0o${octal}` : binary ? `0b${binary}` : undefined
  const size = BigInt((prefixed ?? decimal ?? '').replaceAll('_', ''))
  // Digits after a prefix are bits: they may fill all 64, and the highest is the sign.
  if (size >= (prefixed ? 2n * limit : sign === '-' ? limit + 1n : limit)) return undefined
  const value = BigInt.asIntN(64, sign === '-' ? -size : size)
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}
