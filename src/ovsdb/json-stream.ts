import { OvsdbError } from './error.ts'

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d]
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d])

/**
 * Splits a stream of JSON objects, which stand one behind the other, at whatever byte its pieces end. Only bytes of ASCII
 * matter, and UTF-8 has none of them inside of another character.
 */
export class JsonStream {
  readonly #maxBytes: number
  #pieces: Buffer[] = []
  #length = 0
  #depth = 0
  #isString = false
  #isEscaped = false

  /** @param maxBytes the longest object that is taken */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes a piece and yields the objects that it completes. Throws OvsdbError `protocol`. */
  *push(piece: Buffer): Generator<unknown> {
    let start = 0
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] ?? 0
      if (this.#depth === 0) {
        if (BLANKS.has(byte)) continue
        if (byte !== OPEN) throw new OvsdbError('protocol', 'what came is no JSON object')
        start = at
        this.#depth = 1
      } else if (this.#isEscaped) {
        this.#isEscaped = false
      } else if (this.#isString) {
        if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#isString = false
      } else if (byte === QUOTE) {
        this.#isString = true
      } else if (byte === OPEN) {
        this.#depth++
      } else if (byte === CLOSE && --this.#depth === 0) {
        this.#keep(piece.subarray(start, at + 1))
        yield this.#take()
      }
    }
    if (this.#depth > 0) this.#keep(piece.subarray(start))
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length > this.#maxBytes)
      throw new OvsdbError('protocol', `a message is longer than ${this.#maxBytes} bytes`)
  }

  #take(): unknown {
    const text = Buffer.concat(this.#pieces, this.#length).toString('utf8')
    this.#pieces = []
    this.#length = 0
    try {
      return JSON.parse(text)
    } catch {
      throw new OvsdbError('protocol', 'what came is no JSON')
    }
  }
}
