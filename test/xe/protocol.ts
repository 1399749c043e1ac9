import type { Duplex } from 'node:stream'

/** What a command line server tells its client to do (docs/spec/xe-cli-semantics.md 7.2). */
export type Message =
  | { readonly tag: 'Print' | 'PrintStderr' | 'Debug' | 'Load'; readonly text: string }
  | { readonly tag: 'Exit'; readonly status: number }
  | { readonly tag: 'Error'; readonly code: string; readonly parameters: readonly string[] }
  | { readonly tag: 'Prompt' }

const PREFIX = 'XenSource thin CLI protocol'
const TEXTS = new Map([
  [0, 'Print'],
  [16, 'PrintStderr'],
  [15, 'Debug'],
  [1, 'Load'],
] as const)

/** The bytes that a client begins with (docs/spec/xe-cli-semantics.md 7.1). */
export function request(words: readonly string[], headers: readonly string[] = []): Buffer {
  const body = Buffer.from(words.join('\n'))
  const head = ['POST /cli HTTP/1.0', 'User-agent: xe-cli/Unix/0.2', 'originator: cli', ...headers]
  return Buffer.concat([Buffer.from(`${[...head, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n`), body])
}

export function hello(major = 0, minor = 2): Buffer {
  return Buffer.concat([Buffer.from(PREFIX), int32(major), int32(minor)])
}

/** A line as the answer to a prompt, in as many chunks as told. */
export function answer(...chunks: readonly string[]): Buffer {
  const blobs = chunks.flatMap(chunk => {
    const bytes = Buffer.from(chunk)
    return [framed(int32(11), int32(7), int32(bytes.length)), bytes]
  })
  return Buffer.concat([...blobs, framed(int32(11), int32(8))])
}

/** What is not understood, where the protocol is broken. */
export class ProtocolError extends Error {}

/** The end of the connection, where more was to come. */
export class Lost extends Error {}

/** Reads a stream in pieces of known lengths. Throws Lost where it ends before. */
export function reader(stream: Duplex): (count: number) => Promise<Buffer> {
  const chunks = stream[Symbol.asyncIterator]()
  let rest = Buffer.alloc(0)
  return async count => {
    while (rest.length < count) {
      const { value, done } = await chunks.next()
      if (done) throw new Lost()
      rest = Buffer.concat([rest, value])
    }
    const taken = rest.subarray(0, count)
    rest = rest.subarray(count)
    return taken
  }
}

/** The server's hello. Throws ProtocolError where it is none of this version. */
export async function readHello(read: (count: number) => Promise<Buffer>): Promise<void> {
  const bytes = await read(PREFIX.length + 8)
  if (!bytes.equals(hello())) throw new ProtocolError(`no hello: ${bytes.toString('latin1')}`)
}

/** The next message. Throws ProtocolError where a byte of it is not as it has to be. */
export async function readMessage(read: (count: number) => Promise<Buffer>): Promise<Message> {
  const payload = await read((await read(4)).readInt32LE())
  let at = 0
  const int = () => {
    at += 4
    return payload.readInt32LE(at - 4)
  }
  const string = () => {
    const length = int()
    at += length
    return payload.toString('utf8', at - length, at)
  }
  const ended = (message: Message): Message => {
    if (at !== payload.length) throw new ProtocolError(`${payload.length - at} bytes too many`)
    return message
  }
  if (int() !== 9) throw new ProtocolError('no command')
  const tag = int()
  const textual = TEXTS.get(tag as 0) // a tag of another message is in no map
  if (textual !== undefined) return ended({ tag: textual, text: string() })
  if (tag === 4) return ended({ tag: 'Exit', status: int() })
  if (tag === 3) return ended({ tag: 'Prompt' })
  if (tag !== 14) throw new ProtocolError(`no command has the tag ${tag}`)
  const code = string()
  return ended({ tag: 'Error', code, parameters: Array.from({ length: int() }, string) })
}

function framed(...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(parts)
  return Buffer.concat([int32(payload.length), payload])
}

function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(number)
  return bytes
}
