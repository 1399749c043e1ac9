import { connect, type Socket } from 'node:net'

/** A client that sends bytes as they are. */
export interface RawClient {
  readonly socket: Socket
  send(text: string | Buffer): void
  /** What has come so far, once it matches. Fails where the connection ends before. */
  until(pattern: RegExp): Promise<string>
  /** All that came, once the connection has ended. */
  ended(): Promise<string>
}

export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  let closed = false
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of waiting) check()
  }
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    received += text
    wake()
  })
  socket.on('end', () => socket.end())
  socket.on('error', () => {}) // a reset ends it as well
  socket.on('close', () => {
    closed = true
    wake()
  })
  const when = (done: () => boolean, failed: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        if (!done() && !failed()) return
        waiting.delete(check)
        if (done()) resolve(received)
        else reject(new Error(`the connection ended after ${JSON.stringify(received)}`))
      }
      waiting.add(check)
      check()
    })
  return {
    socket,
    send: text => {
      if (!socket.destroyed) socket.write(text)
    },
    until: pattern =>
      when(
        () => pattern.test(received),
        () => closed,
      ),
    ended: () =>
      when(
        () => closed,
        () => false,
      ),
  }
}

interface Head {
  readonly path?: string
  readonly version?: string
  readonly headers?: readonly string[]
}

/** A POST of a body, with further header lines. */
export function post(body: string, { path = '/', version = '1.1', headers = [] }: Head = {}): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  return [`POST ${path} HTTP/${version}`, 'Host: x', length, ...headers, '', body].join('\r\n')
}

/** A call as XML-RPC. */
export const xmlCall = (method: string, ...params: string[]): string =>
  `<methodCall><methodName>${method}</methodName><params>${params.map(param => `<param><value>${param}</value></param>`).join('')}</params></methodCall>`
