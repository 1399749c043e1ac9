/**
 * A JSON text as it stands: an integer is a bigint of any size, a number with a fraction or an exponent is a number, and an
 * object is a Map, so that keys such as `__proto__` or `100` keep their place.
 */
export type Json = string | bigint | number | boolean | null | readonly Json[] | ReadonlyMap<string, Json>

/** A text is not JSON. Lines and columns count from 1. */
export class JsonError extends SyntaxError {
  override readonly name = 'JsonError'
  readonly line: number
  readonly column: number
  /** The text ends where more was to come. */
  readonly truncated: boolean

  constructor(problem: string, text: string, at: number) {
    const before = text.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    super(`line ${line}, column ${column}: ${problem}`)
    this.line = line
    this.column = column
    this.truncated = at >= text.length
  }
}

export interface JsonOptions {
  /** What an object with the same key twice is: an error, or one where the first or the last counts. */
  readonly duplicates?: 'refuse' | 'first' | 'last'
}

/**
 * Reads a JSON text (RFC 8259), any depth of it. Beyond the standard it knows `NaN`, `Infinity` and `-Infinity`, which hosts
 * write (docs/spec/protocol-semantics.md 1.3). Throws JsonError.
 */
export function readJson(text: string, options: JsonOptions = {}): Json {
  return new Reader(text, options.duplicates ?? 'refuse').read()
}

/** V8 keeps a longer piece of a text as a window on the whole text, which then stays in memory. */
const WINDOW = 13
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

class Reader {
  readonly #text: string
  readonly #duplicates: 'refuse' | 'first' | 'last'
  /** One instance of each text that comes up again and again. */
  readonly #known = new Map<string, string>()
  /** Containers that are not complete, outermost first. */
  readonly #open: (Json[] | Map<string, Json>)[] = []
  /** The key that the next value belongs to, of each object among them. */
  readonly #keys: string[] = []
  #at = 0

  constructor(text: string, duplicates: 'refuse' | 'first' | 'last') {
    this.#text = text
    this.#duplicates = duplicates
  }

  read(): Json {
    for (;;) {
      let value = this.#begin()
      while (value !== undefined) {
        const container = this.#open.at(-1)
        if (!container) return this.#end(value)
        value = Array.isArray(container) ? this.#append(container, value) : this.#put(container, value)
      }
    }
  }

  /** Reads a scalar or an empty container whole, or enters a container. */
  #begin(): Json | undefined {
    const next = this.#skip()
    if (next === QUOTE) return this.#string()
    if (next === OPEN_OBJECT) {
      this.#at++
      if (this.#taken(CLOSE_OBJECT)) return new Map()
      this.#keys.push(this.#key())
      this.#open.push(new Map())
      return undefined
    }
    if (next === OPEN_ARRAY) {
      this.#at++
      if (this.#taken(CLOSE_ARRAY)) return []
      this.#open.push([])
      return undefined
    }
    return this.#number() ?? this.#word()
  }

  /** Adds an item; gives the array if that makes it complete. */
  #append(items: Json[], value: Json): Json | undefined {
    items.push(value)
    if (this.#taken(COMMA)) return undefined
    if (!this.#taken(CLOSE_ARRAY)) this.#fail('"," or "]" must follow')
    this.#open.pop()
    return items
  }

  /** Adds a member; gives the object if that makes it complete. */
  #put(members: Map<string, Json>, value: Json): Json | undefined {
    const key = this.#keys.pop() ?? '' // each open object has one
    if (this.#duplicates === 'last' || !members.has(key)) members.set(key, value)
    if (this.#taken(COMMA)) {
      this.#skip()
      const start = this.#at
      const following = this.#key()
      if (this.#duplicates === 'refuse' && members.has(following)) this.#fail('this key was there before', start)
      this.#keys.push(following)
      return undefined
    }
    if (!this.#taken(CLOSE_OBJECT)) this.#fail('"," or "}" must follow')
    this.#open.pop()
    return members
  }

  #end(value: Json): Json {
    this.#skip()
    if (this.#at < this.#text.length) this.#fail('something follows the end')
    return value
  }

  #key(): string {
    if (this.#skip() !== QUOTE) this.#fail('a key in double quotes must follow')
    const text = this.#string()
    const known = this.#known.get(text)
    if (known === undefined) this.#known.set(text, text)
    if (!this.#taken(COLON)) this.#fail('":" must follow')
    return known ?? text
  }

  #string(): string {
    const text = this.#text
    const start = this.#at
    let escaped = false
    for (let end = start + 1; ; end++) {
      const code = text.charCodeAt(end)
      if (code === QUOTE) {
        this.#at = end + 1
        if (escaped) return this.#parsed(start)
        const found = text.slice(start + 1, end)
        return end - start > WINDOW ? this.#copy(found, start) : found
      }
      if (code === BACKSLASH) {
        escaped = true
        end++
      } else if (!(code >= 0x20)) {
        this.#fail('a control character within a string', end)
      }
    }
  }

  #copy(window: string, start: number): string {
    const known = this.#known.get(window)
    if (known !== undefined) return known
    const copy = this.#parsed(start)
    this.#known.set(copy, copy)
    return copy
  }

  /** The string from `start` to here, by the built-in reader: it checks the escapes, and what it gives is no window. */
  #parsed(start: number): string {
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string // a string literal
    } catch {
      return this.#fail('a string with a wrong escape', start)
    }
  }

  #number(): bigint | number | undefined {
    NUMBER.lastIndex = this.#at
    const found = NUMBER.exec(this.#text)
    if (!found) return undefined
    this.#at = NUMBER.lastIndex
    return /[.eE]/.test(found[0]) ? Number(found[0]) : BigInt(found[0])
  }

  #word(): Json {
    const found = WORDS.find(([word]) => this.#text.startsWith(word, this.#at))
    if (!found) return this.#fail('no value begins like this')
    this.#at += found[0].length
    return found[1]
  }

  /** Goes past white space; gives the code of the character that follows. */
  #skip(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code
      this.#at++
    }
  }

  #taken(character: number): boolean {
    if (this.#skip() !== character) return false
    this.#at++
    return true
  }

  #fail(problem: string, at = this.#at): never {
    throw new JsonError(at < this.#text.length ? problem : 'the text ends too early', this.#text, at)
  }
}
