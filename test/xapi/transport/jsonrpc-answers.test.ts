import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTransport, TransportError, type Value, XapiError } from '../../../src/xapi/index.ts'
import { alwaysJson } from '../json-host.ts'
import { httpServer, type Respond } from '../servers.ts'

async function answeredBy(respond: Respond, method = 'tunnel.get_all_records'): Promise<Value> {
  await using server = await httpServer(respond)
  const transport = await openTransport({ ...server.settings, wire: 'json' })
  try {
    return await transport.call(method, ['OpaqueRef:s'])
  } finally {
    await transport.close()
  }
}

const reading = (body: string) => answeredBy(alwaysJson(body))
const readingValue = (json: string) => reading(`{"jsonrpc":"2.0","result":${json},"id":1}`)
const entries = (value: Value) => [...(value as ReadonlyMap<string, Value>)]

describe('an answer in JSON-RPC', () => {
  it('of version 2.0 or 1.0 comes back as its result', async () => {
    expect(await readingValue('["x"]')).toEqual(['x'])
    expect(await reading('{"result":["x"],"error":null,"id":1}')).toEqual(['x'])
    expect(await readingValue('""')).toBe('')
  })

  it('to system.listMethods is like any other', async () => {
    const names = alwaysJson('{"jsonrpc":"2.0","result":["pool.get_all"],"id":1}')
    expect(await answeredBy(names, 'system.listMethods')).toEqual(['pool.get_all'])
  })

  it.each([
    ['of version 2.0', '{"jsonrpc":"2.0","error":{"code":1,"message":"HANDLE_INVALID","data":["PIF","x"]},"id":1}'],
    ['of version 1.0', '{"result":null,"error":["HANDLE_INVALID","PIF","x"],"id":1}'],
    ['from before the dispatch', '{"jsonrpc":"2.0","error":["HANDLE_INVALID","PIF","x"],"id":0}'],
  ])('that is a failure %s is an XapiError', async (_, body) => {
    const error = await reading(body).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(XapiError)
    expect(error).toMatchObject({ code: 'HANDLE_INVALID', params: ['PIF', 'x'] })
  })

  it('that is a failure may have no parameters', async () => {
    const bare = '{"jsonrpc":"2.0","error":{"code":1,"message":"MESSAGE_REMOVED","data":[]},"id":1}'
    await expect(reading(bare)).rejects.toMatchObject({ code: 'MESSAGE_REMOVED', params: [] })
    await expect(reading('{"jsonrpc":"2.0","error":["HOST_STILL_BOOTING"],"id":0}')).rejects.toMatchObject({
      code: 'HOST_STILL_BOOTING',
      params: [],
    })
  })

  it.each([
    ['nothing of the kind', '{"hello":"world"}'],
    ['no result', '{"jsonrpc":"2.0","id":1}'],
    ['the id of another call', '{"jsonrpc":"2.0","result":"","id":7}'],
    ['an id of another type', '{"jsonrpc":"2.0","result":"","id":"1"}'],
    ['an array', '[{"jsonrpc":"2.0","result":"","id":1}]'],
    ['a bare value', '"x"'],
    ['null', 'null'],
    [
      'a failure of another kind of host',
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}',
    ],
    ['a failure without a code', '{"jsonrpc":"2.0","error":[],"id":1}'],
    ['a failure that is text', '{"result":null,"error":"no","id":1}'],
  ])('with %s is no answer of a XenAPI host', async (_, body) => {
    const error = await reading(body).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({
      kind: 'protocol',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ answered tunnel\.get_all_records in JSON, but not as a XenAPI/),
    })
  })

  it.each([
    ['is cut short', '{"jsonrpc":"2.0","result":"secret'],
    ['is followed by something', '{"jsonrpc":"2.0","result":"secret","id":1}}'],
    ['is XML', '<?xml version="1.0"?><methodResponse/>'],
    ['has a word that JSON lacks', '{"jsonrpc":"2.0","result":secret,"id":1}'],
    ['has control characters', '{"jsonrpc":"2.0","result":"secret\u0001","id":1}'],
  ])('that %s is refused, and not repeated', async (_, body) => {
    const error = await reading(body).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({
      kind: 'protocol',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ sent an answer that is not JSON: [^\n]+$/),
    })
    expect(String(error)).not.toContain('secret')
  })

  it('with another status is an HTTP failure, and a web page or nothing is no answer', async () => {
    const page: Respond = (_, response) => response.writeHead(500).end('<html><h1>Internal <b>Error</b></h1></html>')
    await expect(answeredBy(page)).rejects.toMatchObject({ kind: 'http', status: 500 })
    await expect(answeredBy((_, response) => response.end('<!doctype html><p>Hi'))).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('web page'),
    })
    await expect(reading('')).rejects.toMatchObject({ kind: 'protocol' })
  })
})

describe('the values of an answer in JSON', () => {
  it.each<[string, string, Value]>([
    ['a string', '"OpaqueRef:a"', 'OpaqueRef:a'],
    ['escapes', '"\\u0000\\r\\n\\"\\ud83d\\ude87\\u0041"', '\u0000\r\n"🚇A'],
    ['an int', '1500', 1500],
    ['a negative int', '-1', -1],
    ['the largest safe int', '9007199254740991', 9007199254740991],
    ['an int beyond 2^53, digit by digit', '9223372036854775807', 9223372036854775807n],
    ['a negative one', '[-9223372036854775808]', [-9223372036854775808n]],
    ['a float', '0.1', 0.1],
    ['a float without a fraction', '1.0', 1],
    ['a float with more digits than it needs', '12345678901234567890.5', Number('12345678901234567890.5')],
    ['a float as C prints it', '1e+20', 1e20],
    ['NaN', 'NaN', Number.NaN],
    ['Infinity', '[Infinity,-Infinity]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['words in a string', '"NaN, Infinity"', 'NaN, Infinity'],
    ['true and false', '[true,false]', [true, false]],
    ['null', '[null]', [null]],
    ['a token', '"00000000000000002102,00000000000000000000"', '00000000000000002102,00000000000000000000'],
    ['an empty array', '[]', []],
    ['an empty object', '{}', new Map()],
  ])('read %s right', async (_, json, value) => {
    expect(await readingValue(json)).toEqual(value)
  })

  it.each([
    ['alone', ''],
    ['beside a large integer', ',"n":9223372036854775807'],
    ['beside NaN', ',"n":NaN'],
  ])('keep keys that mean something to JavaScript, in their order, %s', async (_, beside) => {
    const keys = ['b', '100', '__proto__', 'constructor', '1', '', 'hasOwnProperty', '-1', '007']
    const value = await readingValue(`{${keys.map(key => `"${key}" : {"k":"${key}"}`).join()}${beside}}`)
    expect(entries(value).slice(0, keys.length)).toEqual(keys.map(key => [key, new Map([['k', key]])]))
  })

  it('keep the order of keys whose digits are written as escapes', async () => {
    expect(entries(await readingValue('{"b":1,"\\u0031":2}')).map(([key]) => key)).toEqual(['b', '1'])
  })

  it('are what they are, whichever reader they need', async () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    await fc.assert(
      fc.asyncProperty(json, async value => {
        const plain = JSON.stringify(value)
        const exact = await readingValue(`[${plain},9223372036854775807]`)
        expect(exact).toEqual([await readingValue(plain), 9223372036854775807n])
      }),
      { numRuns: 40 },
    )
  })

  it('may be nested deeper than any recursion could follow', async () => {
    const depth = 100_000
    let value: unknown = await readingValue(`${'['.repeat(depth)}"x"${']'.repeat(depth)}`)
    let found = 0
    for (; Array.isArray(value); found += 1) value = value[0]
    expect([found, value]).toEqual([depth, 'x'])
  })

  it('may be many: ten thousand records, in the order of the wire', async () => {
    const refs = Array.from({ length: 10_000 }, (_, i) => `OpaqueRef:${(i * 7919) % 10_000}`)
    const value = await readingValue(`{${refs.map(ref => `"${ref}":{"uuid":"${ref}","MTU":1500}`).join()}}`)
    expect(entries(value).map(([ref]) => ref)).toEqual(refs)
  })
})
