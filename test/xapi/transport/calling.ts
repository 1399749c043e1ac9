import { expect } from 'vitest'
import { type HttpSettings, openTransport, type Transport, TransportError } from '../../../src/xapi/index.ts'

/** A transport that speaks XML-RPC. */
export function xmlTransport(settings: HttpSettings): Promise<Transport> {
  return openTransport({ ...settings, wire: 'xml' })
}

/** One call over a transport of its own. */
export async function callOnce(settings: HttpSettings, signal?: AbortSignal): Promise<unknown> {
  const transport = await xmlTransport(settings)
  try {
    return await transport.call('host.get_all', ['OpaqueRef:s'], { signal })
  } finally {
    await transport.close()
  }
}

/** The error of a call, which is a TransportError with one clear line. */
export async function failureOf(settings: HttpSettings): Promise<TransportError> {
  const error = await callOnce(settings).then(
    value => expect.fail(`answered ${String(value)}`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof TransportError)) throw error
  expect(error.message).toMatch(/^[^\p{Cc}]{1,250}$/u)
  return error
}
