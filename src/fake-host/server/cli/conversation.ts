import type { Answer, Call } from '../../dispatch/call.ts'
import type { Channel } from '../channel.ts'
import type { CliClient, CliServer } from './client.ts'
import { debug, error, exit, HELLO_LENGTH, hello, isHello, print, printStderr, prompt, readBlob } from './protocol.ts'

export interface Conversing {
  readonly serve: CliServer
  readonly random: (length: number) => Uint8Array
  /** Makes a call that came over this connection. */
  dispatch(call: Pick<Call, 'method' | 'params' | 'signal'>): Promise<Answer>
}

/** How long a client may take for its hello, in milliseconds. */
const HELLO_PATIENCE = 60_000

/** How many bytes are gathered before they are sent: a list of ten thousand records is as many messages. */
const GATHERED = 65_536

/** The longest line that a prompt takes. */
const LONGEST_LINE = 1_048_576

/** The client cannot be talked to any further: it is gone, or says what makes no sense. */
class Broken extends Error {}

/**
 * Talks to an xe client on its connection, after its request (docs/spec/xe-cli-semantics.md 7.1). Never throws: a client that
 * keeps to no protocol loses the connection.
 */
export async function converse(sent: string, channel: Channel, { serve, random, dispatch }: Conversing): Promise<void> {
  const out = gathering(channel)
  const client: CliClient = {
    print: line => out.add(print(line)),
    printStderr: text => out.add(printStderr(text)),
    debug: line => out.add(debug(line)),
    error: (code, parameters) => out.add(error(code, parameters)),
    async prompt() {
      out.add(prompt())
      await out.flush()
      return readLine(channel)
    },
  }
  /** A fault that damages an answer damages what the client sees of it: it cannot see less than the whole conversation. */
  async function call(method: string, params: Call['params'], options: { readonly signal?: AbortSignal } = {}) {
    const signal = AbortSignal.any([channel.signal, ...(options.signal ? [options.signal] : [])])
    const answer = await dispatch({ method, params, signal })
    if (answer.damage && answer.damage.kind !== 'hang') channel.break()
    if (answer.damage) await new Promise<never>((_, reject) => whenGone(channel.signal, () => reject(new Broken())))
    return answer
  }
  try {
    await channel.write(hello)
    const answered = await channel.read(HELLO_LENGTH, HELLO_PATIENCE)
    if (!answered || !isHello(answered)) throw new Broken()
    out.add(exit(await serve({ sent, call, random, signal: channel.signal }, client)))
    await out.flush()
  } catch {
    channel.break()
  }
}

function whenGone(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then()
  else signal.addEventListener('abort', then, { once: true })
}

/** Gathers small messages to larger writes, in order. */
function gathering(channel: Channel): { add(bytes: Buffer): void; flush(): Promise<void> } {
  let parts: Buffer[] = []
  let length = 0
  let written: Promise<void> = Promise.resolve()
  function send(): void {
    const bytes = Buffer.concat(parts)
    parts = []
    length = 0
    written = written.then(() => channel.write(bytes))
  }
  return {
    add(bytes) {
      parts.push(bytes)
      length += bytes.length
      if (length >= GATHERED) send()
    },
    async flush() {
      send()
      await written
    },
  }
}

/** What a client answers to a prompt: chunks of raw bytes, and an end (docs/spec/xe-cli-semantics.md 7.2). */
async function readLine(channel: Channel): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for (;;) {
    const size = (await read(channel, 4)).readInt32LE(0)
    if (size !== 8 && size !== 12) throw new Broken()
    const part = readBlob(await read(channel, size))
    if (part === 'end')
      return Buffer.concat(parts)
        .toString()
        .replace(/\r?\n$/, '')
    if (part === undefined || length + part > LONGEST_LINE) throw new Broken()
    parts.push(await read(channel, part))
    length += part
  }
}

async function read(channel: Channel, count: number): Promise<Buffer> {
  const bytes = await channel.read(count)
  if (!bytes) throw new Broken()
  return bytes
}
