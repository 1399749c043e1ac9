import { createHash } from 'node:crypto'

const MULTIPLIER = 0x5deece66dn
const MASK = (1n << 48n) - 1n

/**
 * Everything random in a fake pool: references, uuids, MACs. Its whole state is one 48-bit number, so that a saved pool
 * goes on where it stopped and the same seed gives the same pool to the byte.
 */
export class Random {
  #state = 0n

  /** @param seed any integer; what `seed` gave continues that sequence */
  constructor(seed: number) {
    this.seed = seed
  }

  /** The state, as a seed that continues from here. */
  get seed(): number {
    return Number(this.#state)
  }

  set seed(seed: number) {
    this.#state = BigInt(Math.trunc(seed)) & MASK
  }

  /** 20 bytes. */
  bytes(): Buffer {
    this.#state = (this.#state * MULTIPLIER + 11n) & MASK
    return createHash('sha1').update(this.#state.toString(16)).digest()
  }

  /** So many bytes. */
  stream(length: number): Buffer {
    const parts = Array.from({ length: Math.ceil(length / 20) }, () => this.bytes())
    return Buffer.concat(parts).subarray(0, length)
  }

  /** A version 4 uuid in lower case. */
  uuid(): string {
    const bytes = this.bytes().subarray(0, 16)
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    return formatUuid(bytes)
  }

  /** A number from 0 up to, not including, 1. */
  fraction(): number {
    return this.bytes().readUIntBE(0, 6) / 2 ** 48
  }
}

/** Sixteen bytes as a uuid. */
export function formatUuid(bytes: Buffer): string {
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * A MAC address from a text: locally administered, unicast, lower case.
 * @param skip how often the text is hashed before, which is the device number for a VIF (docs/spec/networking-semantics.md 3.3)
 */
export function macFrom(text: string, skip = 0): string {
  const md5 = (input: Buffer | string) => createHash('md5').update(input).digest()
  let seed: Buffer | string = text
  for (let i = 0; i < 2 * skip; i++) seed = md5(seed)
  const first = md5(seed)
  const second = md5(first)
  const bytes = Buffer.concat([first.subarray(0, 4), second.subarray(1, 3)])
  bytes[0] = ((bytes[0] ?? 0) | 2) & 0xfe
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(':')
}
