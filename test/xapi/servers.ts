import { readFileSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import net, { type AddressInfo, type Socket } from 'node:net'

export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface TestServer extends AsyncDisposable {
  readonly port: number
  /** Plain-HTTP settings that lead to it. */
  readonly settings: { host: string; port: number; tls: false }
  readonly requests: Received[]
  /** How many connections were made to it. */
  readonly connections: () => number
}

export const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')

/** An XML-RPC answer with one value. */
export const answerOf = (value: string): string =>
  `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`

/** An answer as a XenAPI host makes it. */
export const success = (value: string): string =>
  answerOf(
    `<struct><member><name>Status</name><value>Success</value></member><member><name>Value</name><value>${value}</value></member></struct>`,
  )

export const failure = (...description: string[]): string =>
  answerOf(
    `<struct><member><name>Status</name><value>Failure</value></member><member><name>ErrorDescription</name><value><array><data>${description
      .map(text => `<value>${text}</value>`)
      .join('')}</data></array></value></member></struct>`,
  )

export type Respond = (request: Received, response: ServerResponse) => void

/** A handler that sends one body, as text/xml, whatever is asked. */
export const always =
  (body: string): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(body)
  }

export async function httpServer(respond: Respond, listen?: { path: string }): Promise<TestServer> {
  const requests: Received[] = []
  return started(http.createServer(collector(requests, respond)), requests, listen)
}

export async function httpsServer(respond: Respond, certificate = 'host.cert.pem'): Promise<TestServer> {
  const requests: Received[] = []
  const pair = { key: fixture('host.key.pem'), cert: fixture(certificate) }
  return started(https.createServer(pair, collector(requests, respond)), requests)
}

/** A server below HTTP: `accept` gets each connection. */
export async function rawServer(accept: (socket: Socket) => void): Promise<TestServer> {
  return started(net.createServer(accept), [])
}

function collector(requests: Received[], respond: Respond): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    const chunks: Buffer[] = []
    req.on('data', chunk => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const received = { method: req.method, url: req.url, headers: req.headers, body }
      requests.push(received)
      respond(received, res)
    })
  }
}

async function started(server: net.Server, requests: Received[], listen?: { path: string }): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(listen ?? { port: 0, host: '127.0.0.1' }, resolve))
  const port = listen ? 0 : (server.address() as AddressInfo).port // a TCP server that listens has one
  return {
    port,
    settings: { host: '127.0.0.1', port, tls: false },
    requests,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
