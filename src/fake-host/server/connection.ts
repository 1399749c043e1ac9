import type { Socket } from 'node:net'
import { Channel } from './channel.ts'
import { type ErrorStatus, errorPage } from './pages.ts'
import { findEnd, type Head, parseHead, type Request } from './request.ts'
import { type Response, serialize } from './response.ts'

export interface Limits {
  /** Bytes of a request's line and headers. */
  readonly head: number
  /** Bytes of a request's body. */
  readonly body: number
  /** How long a connection may be silent before its first request's headers are there, in milliseconds. */
  readonly silence: number
  /** How long those headers may take in all. */
  readonly firstHead: number
  /** How long a client may go on sending after it was refused. */
  readonly linger: number
  /** How many are served at a time; others wait. */
  readonly connections: number
}

/** Of a real host (docs/spec/protocol-semantics.md 1.1, 1.2); `linger` is ours. */
export const LIMITS: Limits = {
  head: 1024,
  body: 307_200,
  silence: 10_000,
  firstHead: 60_000,
  linger: 5_000,
  connections: 800,
}

/** What goes on in another protocol on the connection of a request, which ends with it. It may not throw. */
export interface Conversation {
  readonly converse: (channel: Channel) => Promise<void>
}

export type Handler = (request: Request) => Promise<Response | Conversation>

/**
 * Speaks HTTP on one connection: one request after the other, as hosts do it and not as the standard would allow. The
 * handler may not throw.
 */
export class Connection {
  readonly #socket: Socket
  readonly #handler: Handler
  readonly #limits: Limits
  readonly #overall: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  readonly #gone = new AbortController()
  #length = 0
  #head: Head | undefined
  #bodyLength = 0
  /** Answering a request: what else comes has to wait. */
  #busy = false
  /** The answer will never come. */
  #hangs = false
  #ended = false
  readonly #onData = (chunk: Buffer) => this.#take(chunk)
  readonly #onEnd = () => this.#finish()

  constructor(socket: Socket, handler: Handler, limits: Limits) {
    this.#socket = socket
    this.#handler = handler
    this.#limits = limits
    this.#overall = setTimeout(() => this.#refuse(408, 'the headers took too long'), limits.firstHead)
    socket.setNoDelay(true)
    socket.setTimeout(limits.silence, () => this.#refuse(408, 'nothing came for too long'))
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('error', () => socket.destroy()) // the client is gone
    socket.on('close', () => {
      clearTimeout(this.#overall)
      this.#gone.abort()
    })
  }

  /** Whether it is in the middle of an answer. */
  get busy(): boolean {
    return this.#busy && !this.#hangs
  }

  destroy(): void {
    this.#ended = true
    this.#socket.destroy()
  }

  /** Closes after the answer that it is giving, or now. */
  finish(): void {
    this.#finish()
  }

  #finish(): void {
    this.#ended = true
    if (!this.#busy) this.#socket.end()
  }

  #take(chunk: Buffer): void {
    if (this.#ended) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (!this.#busy) this.#advance()
    else if (this.#length > this.#limits.body) this.#socket.pause()
  }

  #advance(): void {
    if (!this.#head && !this.#readHead()) return
    if (this.#head && this.#length >= this.#bodyLength) {
      const body = this.#shift(this.#bodyLength)
      const request = { ...this.#head, body, peer: this.#socket.remoteAddress, signal: this.#gone.signal }
      this.#head = undefined
      void this.#answer(request)
    }
  }

  /** Whether the headers are there and leave room for a body. */
  #readHead(): boolean {
    const start = this.#peek(this.#limits.head)
    const empty = /^[\r\n]*/.exec(start.toString('latin1'))?.[0].length ?? 0
    const found = findEnd(start.subarray(empty))
    if (!found) {
      if (this.#length >= this.#limits.head) this.#refuse(431, 'the headers are too long')
      return false
    }
    const head = parseHead(start.toString('latin1', empty, empty + found.end))
    if (!head) return this.#refuse(400, 'this is no HTTP request')
    clearTimeout(this.#overall)
    this.#socket.setTimeout(0)
    this.#shift(empty + found.next)
    this.#head = head
    return this.#readLength(head)
  }

  #readLength(head: Head): boolean {
    const given = head.headers.get('content-length')
    const expected = head.method === 'POST'
    if (head.headers.has('transfer-encoding')) return this.#refuse(500, 'a body must come with its length')
    if (given === undefined && expected) return this.#refuse(500, 'the length of the body is missing')
    if (given !== undefined && !/^\d{1,15}$/.test(given))
      return this.#refuse(400, 'the length of the body is no number')
    this.#bodyLength = Number(given ?? 0)
    return this.#bodyLength <= this.#limits.body || this.#refuse(500, 'the body is too long')
  }

  async #answer(request: Request): Promise<void> {
    this.#busy = true
    const response = await this.#handler(request)
    if ('converse' in response) return this.#converse(response)
    const keepAlive = request.keepAlive && !response.close && !this.#ended
    const bytes = serialize(response, request.version, keepAlive)
    if (response.loss) return this.#lose(response.loss, bytes, response.body.length)
    if (!keepAlive) return this.#end(bytes)
    this.#socket.write(bytes, () => {
      this.#busy = false
      if (this.#ended) return this.#finish()
      this.#socket.resume()
      this.#advance()
    })
  }

  async #converse({ converse }: Conversation): Promise<void> {
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).resume()
    await converse(new Channel(this.#socket, this.#shift(this.#length), this.#ended, this.#gone.signal))
    this.#end(Buffer.alloc(0))
  }

  /** Does to the client what a bad network would. */
  #lose(kind: NonNullable<Response['loss']>, bytes: Buffer, bodyLength: number): void {
    if (kind === 'hang') this.#hangs = true
    else if (kind === 'truncate') this.#end(bytes.subarray(0, bytes.length - Math.ceil(bodyLength / 2)))
    else {
      this.#ended = true
      reset(this.#socket)
    }
  }

  #refuse(status: ErrorStatus, text: string): false {
    if (!this.#ended) this.#end(serialize(errorPage(status, text), this.#head?.version ?? '1.1', false))
    return false
  }

  /** Ends with a last answer. What a client is still sending is read away, or it would not come to see the answer. */
  #end(bytes: Buffer): void {
    this.#ended = true
    this.#busy = false
    this.#chunks.length = 0
    clearTimeout(this.#overall)
    this.#socket.setTimeout(0)
    this.#socket.end(bytes)
    this.#socket.resume()
    const linger = setTimeout(() => this.#socket.destroy(), this.#limits.linger)
    this.#socket.once('close', () => clearTimeout(linger))
  }

  /** The first bytes that came, at most so many. */
  #peek(most: number): Buffer {
    if (this.#chunks.length > 1) this.#chunks.splice(0, this.#chunks.length, Buffer.concat(this.#chunks))
    return (this.#chunks[0] ?? Buffer.alloc(0)).subarray(0, most)
  }

  /** Takes bytes from the front. */
  #shift(count: number): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks)
    this.#chunks.splice(0, this.#chunks.length, all.subarray(count))
    this.#length = all.length - count
    return all.subarray(0, count)
  }
}

/** Breaks a connection off, where it is plain TCP so that the client sees a reset. */
function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy()
  } catch {
    socket.destroy()
  }
}
