import type { Socket } from 'node:net'
import { isObject, OvsdbError, refusal } from './error.ts'
import { JsonStream } from './json-stream.ts'
import { reason } from './socket.ts'

export interface RpcOptions {
  /** The other side, in the words of errors. */
  readonly where: string
  /** How long an answer may take, in milliseconds. */
  readonly timeout: number
  /** After how many milliseconds of silence the other side is asked whether it is there; 0: never. */
  readonly probe: number
  readonly maxMessageBytes: number
  onNotification(method: string, params: readonly unknown[]): void
}

export interface RequestOptions<T> {
  readonly timeout?: number | undefined
  /** Reads the result, at once when it comes: before whatever the same bytes bring behind it. */
  readonly read: (result: unknown) => T
}

interface Pending {
  readonly method: string
  readonly timer: NodeJS.Timeout
  readonly settle: (error: OvsdbError | undefined, result: unknown) => void
}

/** JSON-RPC 1.0 in both directions on a socket (RFC 7047 4). */
export class JsonRpc {
  /** Why it ended; undefined: we closed it. Resolves when the socket is closed. */
  readonly closed: Promise<OvsdbError | undefined>
  readonly #socket: Socket
  readonly #options: RpcOptions
  readonly #stream: JsonStream
  readonly #pending = new Map<number, Pending>()
  #nextId = 0
  #end: { readonly reason: OvsdbError | undefined } | undefined
  #probing: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: RpcOptions) {
    this.#socket = socket
    this.#options = options
    this.#stream = new JsonStream(options.maxMessageBytes)
    this.closed = new Promise(resolve => {
      socket.once('close', () => {
        this.#fail(new OvsdbError('connection', `${options.where} has closed the connection`))
        resolve(this.#end?.reason)
      })
    })
    socket.on('error', error => this.#fail(new OvsdbError('connection', `${options.where}: ${reason(error)}`)))
    socket.on('data', piece => this.#receive(piece))
    if (socket.destroyed) this.#fail(new OvsdbError('connection', `${options.where} has closed the connection`))
    this.#probe()
  }

  /** Asks and waits for the answer. Throws OvsdbError. */
  request<T>(method: string, params: readonly unknown[], options: RequestOptions<T>): Promise<T> {
    const { where } = this.#options
    const timeout = options.timeout ?? this.#options.timeout
    if (this.#end) return Promise.reject(this.#end.reason ?? closedByUs(where))
    const id = this.#nextId++
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        if (method === 'transact') this.#send({ method: 'cancel', params: [id], id: null })
        reject(new OvsdbError('timeout', `${where} did not answer ${method} within ${timeout / 1000} s`))
      }, timeout)
      const settle = (error: OvsdbError | undefined, result: unknown) => {
        clearTimeout(timer)
        if (error) return reject(error)
        try {
          resolve(options.read(result))
        } catch (unreadable) {
          reject(unreadable)
        }
      }
      this.#pending.set(id, { method, timer, settle })
      this.#send({ method, params, id })
    })
  }

  close(): void {
    this.#fail(undefined)
  }

  #send(message: unknown): void {
    if (!this.#end) this.#socket.write(JSON.stringify(message))
  }

  #fail(error: OvsdbError | undefined): void {
    if (this.#end) return
    this.#end = { reason: error }
    clearTimeout(this.#probing)
    this.#socket.destroy()
    for (const { settle } of this.#pending.values()) settle(error ?? closedByUs(this.#options.where), undefined)
    this.#pending.clear()
  }

  #receive(piece: Buffer): void {
    try {
      for (const message of this.#stream.push(piece)) {
        if (this.#end) return
        this.#take(message)
      }
      this.#probe()
    } catch (error) {
      if (!(error instanceof OvsdbError)) throw error
      this.#fail(new OvsdbError(error.kind, `${this.#options.where}: ${error.message}`))
    }
  }

  #take(message: unknown): void {
    const { method, params, id, result, error } = isObject(message) ? message : {}
    if (typeof method === 'string') {
      const list = Array.isArray(params) ? params : []
      if (method === 'echo') this.#send({ id, result: list, error: null })
      else if (id === null || id === undefined) this.#options.onNotification(method, list)
      else this.#send({ id, result: null, error: 'unknown method' })
      return
    }
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined
    if (!pending || typeof id !== 'number') return // too late, or the answer to a probe
    this.#pending.delete(id)
    const isRefused = error !== null && error !== undefined
    pending.settle(isRefused ? refusal(pending.method, error) : undefined, result)
  }

  /** A sign of life starts the time anew; after silence we ask, and after as much again give up. */
  #probe(): void {
    const { probe, where } = this.#options
    clearTimeout(this.#probing)
    if (probe <= 0 || this.#end) return
    this.#probing = setTimeout(() => {
      this.#send({ method: 'echo', params: [], id: 'echo' })
      this.#probing = setTimeout(() => {
        this.#fail(new OvsdbError('timeout', `${where} has been silent for ${(2 * probe) / 1000} s`))
      }, probe).unref()
    }, probe).unref()
  }
}

const closedByUs = (where: string): OvsdbError => new OvsdbError('connection', `the connection to ${where} is closed`)
