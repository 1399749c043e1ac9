/** What both sides of a conversation with an xe client begin with (docs/spec/xe-cli-semantics.md 7.1). */
const PREFIX = Buffer.from('XenSource thin CLI protocol')
const MAJOR = 0
const MINOR = 2

/** Bytes of a hello: the prefix and two numbers. */
export const HELLO_LENGTH: number = PREFIX.length + 8

/** Tags of messages and of what they carry (docs/spec/xe-cli-semantics.md 7.2). */
const COMMAND = 9
const BLOB = 11
const TAGS = { print: 0, prompt: 3, exit: 4, error: 14, debug: 15, printStderr: 16 } as const
const CHUNK = 7
const END = 8

export const hello: Buffer = Buffer.concat([PREFIX, int32(MAJOR), int32(MINOR)])

/** Whether a client's hello is one, and of the same major version. */
export function isHello(bytes: Buffer): boolean {
  return bytes.subarray(0, PREFIX.length).equals(PREFIX) && bytes.readInt32LE(PREFIX.length) === MAJOR
}

export const print = (text: string): Buffer => command(TAGS.print, string(text))
export const printStderr = (text: string): Buffer => command(TAGS.printStderr, string(text))
export const debug = (text: string): Buffer => command(TAGS.debug, string(text))
export const exit = (status: number): Buffer => command(TAGS.exit, int32(status))
export const prompt = (): Buffer => command(TAGS.prompt)
export const error = (code: string, parameters: readonly string[]): Buffer =>
  command(TAGS.error, string(code), int32(parameters.length), ...parameters.map(string))

/** A part of an answer to a prompt: so many raw bytes follow, or none will. Undefined where the payload is neither. */
export function readBlob(payload: Buffer): number | 'end' | undefined {
  if (payload.length < 8 || payload.readInt32LE(0) !== BLOB) return undefined
  const tag = payload.readInt32LE(4)
  if (tag === END && payload.length === 8) return 'end'
  if (tag === CHUNK && payload.length === 12 && payload.readInt32LE(8) >= 0) return payload.readInt32LE(8)
  return undefined
}

function command(tag: number, ...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([int32(COMMAND), int32(tag), ...parts])
  return Buffer.concat([int32(payload.length), payload])
}

function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(number)
  return bytes
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([int32(bytes.length), bytes])
}
