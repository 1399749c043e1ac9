import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import type { Answer, Call } from '../dispatch/call.ts'
import { FakeHostError, systemReason } from '../error.ts'
import { type Address, printAddress } from './address.ts'
import type { Identity } from './certificate.ts'
import { Connection, LIMITS, type Limits } from './connection.ts'
import type { Request } from './request.ts'
import { type Control, route, type Service } from './routes.ts'
import type { Thumbprints } from './thumbprint.ts'
import { clearTheWay, restrict } from './unix-socket.ts'

export interface HttpServer {
  /** With the port that the system chose, where 0 was asked for. */
  readonly address: Address
  /**
   * Ends all connections, those in the middle of an answer a little later.
   * @param grace how much later at most, in milliseconds; 500 unless told
   */
  stop(grace?: number): Promise<void>
}

export interface HttpOptions {
  readonly address: Address
  /** Answers calls. Those over a unix socket come from root. */
  dispatch(call: Call): Promise<Answer>
  /** Answers what is for tests; nobody does unless given. */
  readonly control?: Control | undefined
  /** Runs the command lines of xe clients; nobody does unless given. */
  readonly cli?: Service['cli']
  /** Speaks TLS with this certificate; plain HTTP without. */
  readonly tls?: Identity | undefined
  /** Of the coordinator's certificate. */
  readonly thumbprints?: (() => Thumbprints | undefined) | undefined
  readonly limits?: Partial<Limits> | undefined
}

/** How long answers that are being given may still take, in milliseconds. */
const GRACE = 500

/** Listens for calls over HTTP. Throws FakeHostError where the address cannot be had. */
export async function listen(options: HttpOptions): Promise<HttpServer> {
  const { address, dispatch, control, cli, tls, thumbprints } = options
  const isUnix = 'path' in address
  const limits = { ...LIMITS, ...(isUnix && { connections: 1024 }), ...options.limits }
  const origin = isUnix ? 'unix' : 'tcp'
  const service: Service = { dispatch: call => dispatch({ ...call, origin }), control, cli, thumbprints }
  const sockets = new Set<Socket>()
  const connections = new Set<Connection>()
  /** Over the limit: they are served when others have gone. */
  const waiting = new Set<Socket>()

  function begin(socket: Socket): void {
    const handle = (request: Request) => route(isUnix ? { ...request, peer: 'unix' } : request, service)
    const connection = new Connection(socket, handle, limits)
    connections.add(connection)
    socket.once('close', () => {
      connections.delete(connection)
      const [next] = waiting
      if (next) {
        waiting.delete(next)
        begin(next)
      }
    })
  }

  function take(socket: Socket): void {
    if (connections.size < limits.connections) {
      begin(socket)
      return
    }
    waiting.add(socket)
    socket.once('error', () => {}) // it is closed then
    socket.once('close', () => waiting.delete(socket))
  }

  const server = tls
    ? createTlsServer({ ...tls, allowHalfOpen: true, handshakeTimeout: limits.firstHead }, take)
    : createServer({ allowHalfOpen: true }, take)
  server.on('tlsClientError', () => {}) // the client did not speak TLS, or did not like the certificate
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await start(server, address)
  const bound = server.address()
  return {
    address: typeof bound === 'object' && bound && !isUnix ? { ...address, port: bound.port } : address,
    async stop(grace = GRACE) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of waiting) socket.destroy()
      waiting.clear()
      for (const connection of connections) {
        if (connection.busy) connection.finish()
        else connection.destroy()
      }
      const over = new AbortController()
      if (grace > 0) await Promise.race([closed, delay(grace, undefined, { signal: over.signal }).catch(() => {})])
      over.abort()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'the system allows no listening there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
}

async function start(server: Server, address: Address): Promise<void> {
  const refuse = (reason: string) => new FakeHostError(`cannot listen on ${printAddress(address)}: ${reason}`)
  if ('path' in address) {
    const obstacle = await clearTheWay(address.path)
    if (obstacle !== undefined) throw refuse(obstacle)
  }
  try {
    await once(server.listen({ ...address }), 'listening')
    if ('path' in address) await restrict(address.path)
  } catch (error) {
    server.close()
    const { code } = error as NodeJS.ErrnoException // an error of the system
    throw refuse(REASONS[code ?? ''] ?? systemReason(error))
  }
  server.on('error', () => {}) // a connection that could not be taken: others can
}
