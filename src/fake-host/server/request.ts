/** A request's line and headers. */
export interface Head {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** What is behind the question mark; empty where there is none. */
  readonly query: string
  readonly version: '1.0' | '1.1'
  /** Names in lower case; of several with one name the first. */
  readonly headers: ReadonlyMap<string, string>
  /** Whether the connection is to stay open afterwards: HTTP/1.1 unless told otherwise, HTTP/1.0 when told so. */
  readonly keepAlive: boolean
}

export interface Request extends Head {
  readonly body: Buffer
  /** The address that it came from, or `unix`; undefined where that cannot be known any more. */
  readonly peer: string | undefined
  /** Fires when the connection is closed. */
  readonly signal: AbortSignal
}

const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\s?]+)(?:\?(\S*))? HTTP\/(1\.[01])$/
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/

/** Reads a header block, without the empty line at its end. Undefined where it is none. */
export function parseHead(text: string): Head | undefined {
  const [first = '', ...lines] = text.split(/\r?\n/)
  const [, method, path, query = '', version] = LINE.exec(first) ?? []
  if (method === undefined || path === undefined || version === undefined) return undefined
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value)
  }
  const connection = headers.get('connection')?.toLowerCase()
  const keepAlive = version === '1.1' ? connection !== 'close' : connection === 'keep-alive'
  return { method, path, query, version: version === '1.0' ? '1.0' : '1.1', headers, keepAlive }
}

/** Where a header block ends and its body begins: the positions before and after the empty line. */
export function findEnd(bytes: Buffer): { readonly end: number; readonly next: number } | undefined {
  const found = /\r?\n\r?\n/.exec(bytes.toString('latin1'))
  return found ? { end: found.index, next: found.index + found[0].length } : undefined
}
