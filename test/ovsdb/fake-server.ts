import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: readonly unknown[]
  readonly result?: unknown
  readonly error?: unknown
}

/** What a method answers; undefined: nothing at all. */
type Answers = Readonly<Record<string, (params: readonly unknown[]) => unknown>>

export interface FakeServer extends AsyncDisposable {
  readonly address: string
  /** What has come in. */
  readonly received: readonly Message[]
  /** Resolves with the next message that fits, if it has not come yet. */
  next(fits: (message: Message) => boolean): Promise<Message>
  /** Sends raw text to everybody connected. */
  send(text: string): void
  cut(): void
}

interface FakeServerOptions {
  readonly answers?: Answers
  /** Bytes per piece; everything at once unless told. */
  readonly pieces?: number
}

/** A server that answers as it is told: an error with `refused`, and `list_dbs` by itself. */
export async function fakeServer({ answers = {}, pieces }: FakeServerOptions = {}): Promise<FakeServer> {
  const sockets = new Set<Socket>()
  const received: Message[] = []
  const listeners = new Set<(message: Message) => void>()
  const known: Answers = { list_dbs: () => ['_Server', 'Open_vSwitch'], ...answers }

  const write = (socket: Socket, text: string) => {
    const bytes = Buffer.from(text)
    const size = pieces ?? bytes.length
    for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size))
  }
  const answer = (socket: Socket, message: Message) => {
    received.push(message)
    for (const listener of listeners) listener(message)
    if (message.method === undefined || message.id === null) return
    const result = known[message.method]?.(message.params ?? [])
    if (result === undefined) return
    const isRefused = result instanceof Error
    const reply = { id: message.id, result: isRefused ? null : result, error: isRefused ? result.message : null }
    write(socket, JSON.stringify(reply))
  }
  const server = createServer(socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    let text = ''
    socket.on('data', piece => {
      text += piece
      // Our client writes one object per call without a line feed between them.
      for (let end = objectEnd(text); end > 0; end = objectEnd(text)) {
        const message = JSON.parse(text.slice(0, end)) as Message
        text = text.slice(end)
        answer(socket, message)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number } // it listens at a port
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `tcp:127.0.0.1:${port}`,
    received,
    next: fits =>
      new Promise(resolve => {
        const already = received.find(fits)
        if (already) return resolve(already)
        const listener = (message: Message) => {
          if (!fits(message)) return
          listeners.delete(listener)
          resolve(message)
        }
        listeners.add(listener)
      }),
    send: text => {
      for (const socket of sockets) write(socket, text)
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Where the first whole object ends; 0: nowhere yet. */
function objectEnd(text: string): number {
  for (let end = text.indexOf('}') + 1; end > 0; end = text.indexOf('}', end) + 1) {
    try {
      JSON.parse(text.slice(0, end))
      return end
    } catch {
      // a brace inside of it
    }
  }
  return 0
}
