import { CommandError, type Context } from '../commands/index.ts'
import { type Transport, TransportError } from '../xapi/index.ts'

/** How commands ask a fake host for what is not in the API. */
export const fakeHostAt =
  (transport: Transport, signal: AbortSignal): Context['askFake'] =>
  async (path, document) => {
    if (!transport.ask) throw new CommandError('only a fake host can answer that')
    const answer = await transport.ask(path, document, { signal }).catch(error => {
      if (error instanceof TransportError && error.kind === 'protocol') throw new CommandError(error.message)
      throw error
    })
    if (answer.status === 200) return answer.document
    const refusal = answer.document as { readonly error?: unknown } | null // JSON
    throw new CommandError(typeof refusal?.error === 'string' ? refusal.error : `the host answered ${answer.status}`)
  }
