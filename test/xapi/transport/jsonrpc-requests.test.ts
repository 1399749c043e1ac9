import { describe, expect, it } from 'vitest'
import { openTransport, TransportError, type Value } from '../../../src/xapi/index.ts'
import { alwaysJson } from '../json-host.ts'
import { httpServer, type Received } from '../servers.ts'

const done = alwaysJson('{"jsonrpc":"2.0","result":"","id":1}')

/** The request that a call comes to, if it comes to one, and how it ended. */
async function calling(
  method: string,
  parameters: readonly unknown[],
): Promise<{ requests: Received[]; outcome: unknown }> {
  await using server = await httpServer(done)
  const transport = await openTransport({ ...server.settings, wire: 'json' })
  const outcome = await transport.call(method, parameters as Value[]).catch((e: unknown) => e) // what JavaScript may pass
  await transport.close()
  return { requests: server.requests, outcome }
}

async function bodyOf(method: string, parameters: readonly unknown[]): Promise<string> {
  const { requests, outcome } = await calling(method, parameters)
  expect(outcome).toBe('')
  return requests[0]?.body ?? ''
}

describe('a request over JSON-RPC', () => {
  it('is a POST to /jsonrpc with a length, of version 2.0 with an integer id', async () => {
    const { requests } = await calling('tunnel.get_status', ['OpaqueRef:s', '🚇'])
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/jsonrpc' })
    expect(requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(requests[0]?.body ?? '')),
      'accept-encoding': 'identity',
      connection: 'keep-alive',
    })
    expect(requests[0]?.body).toBe(
      '{"jsonrpc":"2.0","method":"tunnel.get_status","params":["OpaqueRef:s","🚇"],"id":1}',
    )
  })

  it('has its params even where there are none', async () => {
    expect(await bodyOf('system.listMethods', [])).toContain('"params":[]')
  })
})

describe('a parameter in JSON', () => {
  it.each<[string, Value, string]>([
    ['a string', 'x', '"x"'],
    ['text with quotes and control characters', '"\\\u0001\r\n\u001f', '"\\"\\\\\\u0001\\r\\n\\u001f"'],
    ['an integer, as decimal text', 1500, '"1500"'],
    ['a bigint', 9223372036854775807n, '"9223372036854775807"'],
    ['a fraction', 0.5, '0.5'],
    ['true', true, 'true'],
    ['null', null, 'null'],
    ['an array', ['a', 5, []], '["a","5",[]]'],
    ['an empty map', new Map(), '{}'],
  ])('that is %s is sent', async (_, value, json) => {
    expect(await bodyOf('m', ['s', value])).toContain(`"params":["s",${json}]`)
  })

  it('that is a map keeps its order and its keys, whatever they mean to JavaScript', async () => {
    const map = new Map(['b', '100', '__proto__', '1', 'a"b'].map(key => [key, new Map([['x', key]])]))
    expect(await bodyOf('m', [map])).toContain(
      '{"b":{"x":"b"},"100":{"x":"100"},"__proto__":{"x":"__proto__"},"1":{"x":"1"},"a\\"b":{"x":"a\\"b"}}',
    )
  })

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'parameter 1 is undefined'],
    ['not a number', Number.NaN, 'parameter 1 is NaN'],
    ['a plain object', { a: 1 }, 'parameter 1 is an object (Object)'],
    ['text with half of a surrogate pair', 'a\uD83D', 'parameter 1 holds half of a surrogate pair'],
  ])('that is %s is refused, and named', async (_, value, fault) => {
    const { requests, outcome } = await calling('tunnel.get_all', ['OpaqueRef:s', value])
    expect(requests).toEqual([])
    expect(outcome).toBeInstanceOf(TransportError)
    expect(outcome).toMatchObject({
      kind: 'unsendable',
      message: `tunnel.get_all: ${fault}, which cannot be sent`,
    })
  })
})
