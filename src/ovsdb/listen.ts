import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { parsePassiveAddress } from './address.ts'
import { OvsdbError } from './error.ts'
import { type Ovsdb, type OvsdbOptions, openOvsdb } from './ovsdb.ts'
import { reason } from './socket.ts'

export interface ListenOptions extends OvsdbOptions {
  /** Hears of each database that has connected. */
  onConnection(ovsdb: Ovsdb): void
  /** Hears of those that came and were no database, or were not known by our `ca`. */
  onRefused?(error: OvsdbError): void
}

export interface OvsdbListener extends AsyncDisposable {
  /** Where it listens; 0 for a unix socket. */
  readonly port: number
  /** Ends it; the connections that were made stay. */
  close(): Promise<void>
}

/**
 * Waits for databases that connect by themselves, as one does whose manager is `tcp:` or `ssl:` with our address:
 * `ptcp:PORT:ADDRESS`, `pssl:PORT:ADDRESS` (with `tls` of key, cert and ca) or `punix:PATH`; port 0 for a free one.
 * Throws OvsdbError.
 */
export async function listenOvsdb(address: string, options: ListenOptions): Promise<OvsdbListener> {
  const parsed = parsePassiveAddress(address)
  const server = parsed.kind === 'ssl' ? await tlsServer(options, take) : createServer(take)

  function take(socket: Socket): void {
    socket.on('error', () => {}) // the connection hears of it as well
    const from = socket.remoteAddress ? `${socket.remoteAddress}:${socket.remotePort}` : address
    openOvsdb(socket, from, { ...options, probe: options.probe ?? (parsed.kind === 'unix' ? 0 : 5000) }).then(
      options.onConnection,
      (error: unknown) => {
        if (error instanceof OvsdbError) options.onRefused?.(error)
        else throw error
      },
    )
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new OvsdbError('connection', `${address}: ${reason(error)}`)))
    server.listen(parsed.kind === 'unix' ? { path: parsed.path } : { host: parsed.host, port: parsed.port }, resolve)
  })
  const bound = server.address()
  const close = () => new Promise<void>(resolve => server.close(() => resolve()))
  return {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function tlsServer({ tls = {}, onRefused }: ListenOptions, take: (socket: TLSSocket) => void): Promise<Server> {
  const { key, cert, ca, anyServer = false } = tls
  if (key === undefined || cert === undefined || (ca === undefined && !anyServer)) {
    throw new OvsdbError('usage', 'pssl: needs key, cert, and ca or anyServer')
  }
  const { createServer: createTlsServer } = await import('node:tls')
  const server = createTlsServer({ key, cert, ca, requestCert: true, rejectUnauthorized: ca !== undefined }, take)
  server.on('tlsClientError', error => onRefused?.(new OvsdbError('connection', reason(error))))
  return server
}
