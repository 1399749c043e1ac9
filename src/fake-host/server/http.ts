import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { FakeHostError } from '../error.ts'
import { Connection, LIMITS, type Limits } from './connection.ts'
import { type Dispatch, route } from './routes.ts'

export interface HttpServer {
  readonly host: string
  /** The one that the system chose, where 0 was asked for. */
  readonly port: number
  /** Ends all connections, those in the middle of an answer a little later. */
  stop(): Promise<void>
}

export interface HttpOptions {
  readonly host: string
  readonly port: number
  readonly dispatch: Dispatch
  readonly limits?: Partial<Limits> | undefined
}

/** How long answers that are being given may still take, in milliseconds. */
const GRACE = 500

/** Listens for calls over HTTP. Throws FakeHostError where the address cannot be had. */
export async function listen({ host, port, dispatch, limits }: HttpOptions): Promise<HttpServer> {
  const connections = new Set<Connection>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    const connection = new Connection(socket, request => route(request, dispatch), { ...LIMITS, ...limits })
    connections.add(connection)
    socket.once('close', () => connections.delete(connection))
  })
  await begin(server, host, port)
  const address = server.address()
  return {
    host,
    port: typeof address === 'object' && address ? address.port : port,
    async stop() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const connection of connections) {
        if (connection.busy) connection.finish()
        else connection.destroy()
      }
      const waiting = new AbortController()
      await Promise.race([closed, delay(GRACE, undefined, { signal: waiting.signal }).catch(() => {})])
      waiting.abort()
      for (const connection of connections) connection.destroy()
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

async function begin(server: Server, host: string, port: number): Promise<void> {
  try {
    await once(server.listen({ host, port }), 'listening')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // an error of the system
    throw new FakeHostError(`cannot listen on ${host}:${port}: ${REASONS[code ?? ''] ?? message}`)
  }
  server.on('error', () => {}) // a connection that could not be taken: others can
}
