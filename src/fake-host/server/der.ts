/** What a self-signed certificate needs of ASN.1's distinguished encoding (X.690). Each function gives a whole element. */

export function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts)
}

export const set = (...parts: readonly Buffer[]): Buffer => element(0x31, ...parts)

/** An unsigned integer from its bytes, of which the first is not zero. */
export const integer = (bytes: Buffer): Buffer =>
  element(0x02, ...((bytes[0] ?? 0) & 0x80 ? [Buffer.of(0)] : []), bytes)

export const bitString = (bytes: Buffer): Buffer => element(0x03, Buffer.of(0), bytes)

export const octetString = (bytes: Buffer): Buffer => element(0x04, bytes)

export const nothing = (): Buffer => element(0x05)

export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text))

/** `YYYYMMDDhhmmssZ`; years before 2050 as certificates must have them, with two digits. */
export const time = (text: string): Buffer =>
  text < '2050' ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text))

/** An object identifier such as `1.2.840.113549`. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return element(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]))
}

/** An element with a tag of its context: constructed around other elements, or `plain` with bytes. */
export const tagged = (tag: number, content: Buffer, plain = false): Buffer =>
  element((plain ? 0x80 : 0xa0) | tag, content)

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), length(content.length), content])
}

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.of(count)
  const bytes = Buffer.from(count.toString(16).padStart(count < 0x100 ? 2 : count < 0x10000 ? 4 : 6, '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes])
}

/** Seven bits a byte, the first bit set in all but the last. */
function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}
