import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hello, type Message, reader, readHello, readMessage, request } from './protocol.ts'

/** Where a client connects to. */
export type Place = { readonly port: number; readonly host?: string } | { readonly path: string }

interface Asking {
  readonly username?: string
  readonly password?: string
  readonly answers?: readonly Buffer[]
}

/** What a host told a client, and what the client then printed. */
export interface Told {
  readonly messages: readonly Message[]
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** Sends a command line, credentials and all, over a connection and yields what the host says to it, Exit last. */
export async function* converse(
  stream: Duplex,
  words: readonly string[],
  headers: readonly string[] = [],
): AsyncGenerator<Message> {
  stream.write(request(words, headers))
  const read = reader(stream)
  await readHello(read)
  stream.write(hello())
  for (;;) {
    const message = await readMessage(read)
    yield message
    if (message.tag === 'Exit') return
  }
}

/** Runs a command line as the xe client does, to its end. Prompts are answered with `answers`, bytes and all. */
export async function xe(
  place: Place,
  words: readonly string[],
  { username = 'root', password = 'pw', answers = [] }: Asking = {},
): Promise<Told> {
  const socket: Socket = connect(place)
  const messages: Message[] = []
  const waiting = [...answers]
  try {
    for await (const message of converse(socket, [...words, `username=${username}`, `password=${password}`])) {
      messages.push(message)
      const [next] = waiting
      if (message.tag === 'Prompt' && next) socket.write(waiting.shift() ?? next)
    }
  } finally {
    socket.destroy()
  }
  return told(messages)
}

/** What a client prints of messages. */
function told(messages: readonly Message[]): Told {
  let [stdout, stderr, status] = ['', '', -1]
  for (const message of messages) {
    if (message.tag === 'Print') stdout += `${message.text}\n`
    else if (message.tag === 'PrintStderr') stderr += message.text
    else if (message.tag === 'Error')
      stderr += `Error code: ${message.code}\nError parameters: ${message.parameters.join(', ')}\n`
    else if (message.tag === 'Exit') status = message.status
  }
  return { messages, stdout, stderr, status }
}
