import type { Socket } from 'node:net'

/** The bytes of a connection that has left HTTP behind, both ways. */
export class Channel {
  readonly #socket: Socket
  readonly #chunks: Buffer[]
  #length: number
  #ended: boolean
  #wake: (() => void) | undefined
  /** Fires when the connection is closed. That the client has nothing more to say does not close it. */
  readonly signal: AbortSignal

  /**
   * @param before what has come already
   * @param ended whether the client has ended its side
   */
  constructor(socket: Socket, before: Buffer, ended: boolean, signal: AbortSignal) {
    this.#socket = socket
    this.#chunks = [before]
    this.#length = before.length
    this.#ended = ended
    this.signal = signal
    socket.on('data', chunk => {
      this.#chunks.push(chunk)
      this.#length += chunk.length
      this.#wake?.()
    })
    const end = () => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('end', end)
    socket.on('close', end)
  }

  /** Sends bytes, once they are through or the connection is gone. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#socket.writable) await new Promise<void>(resolve => this.#socket.write(bytes, () => resolve()))
  }

  /**
   * The next so many bytes; undefined where the client ends before.
   * @param patience how long that may take, in milliseconds; for ever unless told
   */
  async read(count: number, patience?: number): Promise<Buffer | undefined> {
    const timer = patience === undefined ? undefined : setTimeout(() => this.#socket.destroy(), patience)
    try {
      while (this.#length < count && !this.#ended) {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
      this.#wake = undefined
    }
    if (this.#length < count) return undefined
    const all = Buffer.concat(this.#chunks)
    this.#chunks.splice(0, this.#chunks.length, all.subarray(count))
    this.#length = all.length - count
    return all.subarray(0, count)
  }

  /** Breaks the connection off. */
  break(): void {
    this.#socket.destroy()
  }
}
