import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Socket } from 'node:net'
import { TransportError } from '../errors.ts'
import { connected } from './connecting.ts'
import { within } from './deadline.ts'
import { endpointOf, type HttpSettings } from './endpoint.ts'
import { networkFailure } from './network-failure.ts'
import type { CallOptions } from './transport.ts'
import { trustOf } from './trust.ts'

export interface HttpAnswer {
  readonly status: number
  /** The reason phrase beside the status. */
  readonly reason: string
  readonly contentType: string
  readonly body: string
}

/** HTTP to one endpoint, over connections that are kept. Time-outs, signals and failures are those of the transports. */
export interface HttpClient {
  /** The endpoint in the words of an error. */
  readonly where: string
  post(path: string, contentType: string, body: string, options: CallOptions): Promise<HttpAnswer>
  probe(options: CallOptions): Promise<void>
  /** Ends the calls under way and lets go of the connections. */
  close(): void
}

/** Makes a client. Nothing is sent yet. Throws TrustError where the certificate to trust cannot be read. */
export async function openHttp(settings: HttpSettings): Promise<HttpClient> {
  const endpoint = endpointOf(settings)
  const { where, target } = endpoint
  const maxBytes = settings.maxAnswerBytes ?? 256 * 2 ** 20
  const trust = await trustOf(endpoint)
  const { request, Agent } = endpoint.tls ? await import('node:https') : http
  const agent = new Agent({ keepAlive: true })
  const closing = new AbortController()
  const limitOf = ({ timeoutMs }: CallOptions) => timeoutMs ?? settings.timeoutMs ?? 30_000
  const limited = <T>(options: CallOptions, run: (signal: AbortSignal) => Promise<T>) =>
    within({ timeout: { ms: limitOf(options), where }, signals: [options.signal, closing.signal] }, run)
  const connectMs = settings.connectTimeoutMs ?? 0
  const connect = (options: CallOptions) => {
    const limits = [limitOf(options), connectMs].filter(ms => ms > 0)
    const ms = limits.length === 0 ? 0 : Math.min(...limits)
    return connected(endpoint, trust, { timeout: { ms, where }, signals: [options.signal, closing.signal] })
  }
  if (trust.pins) {
    // Node would send what is written to a socket before the fingerprint has been looked at.
    agent.createConnection = (_, created) => {
      const done = created as (error: unknown, socket?: Socket) => void // the types ask for a socket beside an error
      connect({}).then(socket => done(null, socket), done)
      return undefined
    }
  }

  async function exchange(options: RequestOptions, body: Buffer): Promise<HttpAnswer> {
    let answering = false
    // The parser reports what it cannot read to the request even where the answer has begun and is merely cut off.
    let broken: unknown
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = request({ ...target, ...trust.options, ...options, agent }, resolve)
        if (connectMs > 0) sent.on('socket', socket => limitConnecting(sent, socket, { ms: connectMs, where }))
        sent.on('error', error => {
          broken ??= error
          reject(error)
        })
        sent.end(body)
      })
      answering = true
      return {
        status: response.statusCode ?? 0,
        reason: response.statusMessage ?? '',
        contentType: response.headers['content-type'] ?? '',
        body: await read(response, where, maxBytes),
      }
    } catch (error) {
      throw error instanceof TransportError ? error : networkFailure(broken ?? error, where, answering)
    }
  }

  return {
    where,
    post(path, contentType, body, options) {
      const bytes = Buffer.from(body)
      const headers = {
        'user-agent': 'xe-tunnel',
        'accept-encoding': 'identity',
        ...lowerCase(settings.headers),
        'content-type': contentType,
        'content-length': bytes.length,
      }
      return limited(options, cut => exchange({ method: 'POST', path, headers, signal: cut }, bytes))
    },
    async probe(options) {
      const socket = await connect(options)
      socket.destroy()
    },
    close() {
      closing.abort(new TransportError('cancelled', `the connection to ${where} was closed`))
      agent.destroy()
    },
  }
}

/** Fails a request whose new connection is not there, handshake included, after `ms`. */
function limitConnecting(sent: ClientRequest, socket: Socket, { ms, where }: { ms: number; where: string }): void {
  if (!socket.connecting) return // it has been used before
  const expire = () => sent.destroy(new TransportError('timeout', `${where} did not answer within ${ms / 1000} s`))
  const timer = setTimeout(expire, ms)
  const stop = () => clearTimeout(timer)
  socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stop)
  sent.once('close', stop)
}

function lowerCase(headers: HttpSettings['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

async function read(response: IncomingMessage, where: string, maxBytes: number): Promise<string> {
  const encoding = response.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    response.destroy()
    throw new TransportError('protocol', `${where} compresses its answers (${encoding}), which was not asked for`)
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) {
      throw new TransportError('protocol', `${where} sent an answer of more than ${maxBytes} bytes`)
    }
  }
  return decoder(response.headers['content-type'] ?? '', where).decode(Buffer.concat(chunks, length))
}

/** A host writes UTF-8 and says nothing about it; a proxy in between may say something else. */
function decoder(contentType: string, where: string): { decode(bytes: Buffer): string } {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch (cause) {
    throw new TransportError('protocol', `${where} answered in an unknown character set, ${charset}`, { cause })
  }
}
