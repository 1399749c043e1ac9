import { describe, expect, it } from 'vitest'
import { TransportError, type Value } from '../../../src/xapi/index.ts'
import { always, httpServer, type Received, success } from '../servers.ts'
import { xmlTransport } from './calling.ts'

/** The request that a call comes to. */
async function requestOf(
  method: string,
  parameters: readonly Value[],
  headers?: Record<string, string>,
): Promise<Received> {
  await using server = await httpServer(always(success('')))
  const transport = await xmlTransport({ ...server.settings, headers })
  await transport.call(method, parameters)
  await transport.close()
  const [request, ...more] = server.requests
  if (!request || more.length > 0) throw new Error('not one request')
  return request
}

const valueSent = async (value: Value) => {
  const { body } = await requestOf('m', ['OpaqueRef:s', value])
  return /<\/param><param>(.*)<\/param><\/params>/s.exec(body)?.[1]
}

/** The failure of a call that must not reach the host. */
async function refusal(method: string, parameters: readonly unknown[]): Promise<TransportError> {
  await using server = await httpServer(always(success('')))
  const transport = await xmlTransport(server.settings)
  const error = await transport.call(method, parameters as Value[]).catch(e => e) // what JavaScript may pass
  await transport.close()
  expect(server.requests).toEqual([])
  expect(error).toBeInstanceOf(TransportError)
  expect(error.kind).toBe('unsendable')
  return error
}

describe('a request over XML-RPC', () => {
  it('is a POST to / with a length, in UTF-8', async () => {
    const request = await requestOf('tunnel.get_status', ['OpaqueRef:s', '🚇'])
    expect(request).toMatchObject({ method: 'POST', url: '/' })
    expect(request.headers).toMatchObject({
      'content-type': 'text/xml',
      'content-length': String(Buffer.byteLength(request.body)),
      'accept-encoding': 'identity',
      connection: 'keep-alive',
    })
    expect(request.headers['transfer-encoding']).toBeUndefined()
    expect(request.body).toBe(
      '<?xml version="1.0"?><methodCall><methodName>tunnel.get_status</methodName><params>' +
        '<param><value><string>OpaqueRef:s</string></value></param><param><value><string>🚇</string></value></param></params></methodCall>',
    )
  })

  it('has its params even where there are none', async () => {
    expect((await requestOf('system.listMethods', [])).body).toMatch(/<params\/>/)
  })

  it('carries headers of the settings, and fits into the 1024 bytes that a host takes', async () => {
    const { headers } = await requestOf('m', [], { 'X-Trace': 'abc', 'User-Agent': 'mine' })
    expect(headers).toMatchObject({ 'x-trace': 'abc', 'user-agent': 'mine', 'content-type': 'text/xml' })
    expect(JSON.stringify(headers).length).toBeLessThan(512)
  })

  it('leaves the settings as they are', async () => {
    await using server = await httpServer(always(success('')))
    const settings = Object.freeze({ ...server.settings, headers: Object.freeze({ 'X-Trace': 'abc' }) })
    const transport = await xmlTransport(settings)
    await transport.call('m', Object.freeze([]))
    await transport.close()
    expect(settings).toEqual({ ...server.settings, headers: { 'X-Trace': 'abc' } })
  })
})

describe('a parameter', () => {
  it.each<[string, Value, string]>([
    ['a string', 'x', '<value><string>x</string></value>'],
    ['an empty string', '', '<value><string></string></value>'],
    ['markup', '<a> & ]]> ]]>', '<value><string>&lt;a&gt; &amp; ]]&gt; ]]&gt;</string></value>'],
    ['a carriage return', 'a\r\nb\tc', '<value><string>a&#xD;\nb\tc</string></value>'],
    ['an integer, as decimal text', 1500, '<value><string>1500</string></value>'],
    ['a negative zero', -0, '<value><string>0</string></value>'],
    ['an integer beyond 2^53', 1e21, '<value><string>1000000000000000000000</string></value>'],
    ['a bigint', 9223372036854775807n, '<value><string>9223372036854775807</string></value>'],
    ['a fraction', 0.5, '<value><double>0.5</double></value>'],
    ['a tiny fraction', 1e-7, '<value><double>1e-7</double></value>'],
    ['true', true, '<value><boolean>1</boolean></value>'],
    ['false', false, '<value><boolean>0</boolean></value>'],
    ['null', null, '<value><nil/></value>'],
    ['an empty array', [], '<value><array><data/></array></value>'],
    [
      'an array',
      ['a', 5],
      '<value><array><data><value><string>a</string></value><value><string>5</string></value></data></array></value>',
    ],
    ['an empty map', new Map(), '<value><struct/></value>'],
  ])('that is %s is sent', async (_, value, xml) => {
    expect((await valueSent(value))?.replace('<string/>', '<string></string>')).toBe(xml)
  })

  it('that is a map keeps its order and its keys, whatever they mean to JavaScript or XML', async () => {
    const keys = ['b', '100', '__proto__', '1', 'a&b<c']
    const sent = await valueSent(new Map(keys.map(key => [key, new Map([['x', key]])])))
    expect([...(sent ?? '').matchAll(/<struct><member><name>x<\/name><value><string>(.*?)</g)].map(m => m[1])).toEqual([
      'b',
      '100',
      '__proto__',
      '1',
      'a&amp;b&lt;c',
    ])
    expect(sent).toContain('<name>__proto__</name>')
    expect(sent).toContain('<name>a&amp;b&lt;c</name>')
  })

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'is undefined'],
    ['a function', () => 1, 'is a function'],
    ['a symbol', Symbol('x'), 'is a symbol'],
    ['not a number', Number.NaN, 'is NaN'],
    ['infinite', Number.NEGATIVE_INFINITY, 'is -Infinity'],
    ['a date', new Date(0), 'is an object (Date)'],
    ['bytes', Buffer.from('x'), 'is an object (Buffer)'],
    ['a plain object', { a: 1 }, 'is an object (Object)'],
    ['an object without a prototype', Object.create(null), 'is an object'],
    ['a map with keys that are no strings', new Map([[1, 'x']]), 'has a key that is not a string'],
    ['text with a control character', 'a\u0001b', 'holds the character U+0001'],
    ['text with U+FFFE', '\uFFFE', 'holds the character U+FFFE'],
    ['text with half of a surrogate pair', 'a\uD83D', 'holds half of a surrogate pair'],
  ])('that is %s is refused, and named', async (_, value, fault) => {
    const first = await refusal('tunnel.create', ['OpaqueRef:s', 'pif', value])
    expect(first.message).toBe(
      `tunnel.create: parameter 2 ${fault}${fault.startsWith('has') ? '' : ', which cannot be sent'}`,
    )
  })

  it('is named by its place in a map or an array', async () => {
    const inside = await refusal('network.set_other_config', ['OpaqueRef:s', 'n', new Map([['k', ['a', '\u0000']]])])
    expect(inside.message).toMatch(
      /^network\.set_other_config: parameter 2, key "k", item 2 holds the character U\+0000/,
    )
    const key = await refusal('network.set_other_config', ['OpaqueRef:s', 'n', new Map([['\u001B', 'x']])])
    expect(key.message).toMatch(/^network\.set_other_config: parameter 2, key "\\u001b" holds the character U\+001B/)
  })

  it('is counted without the session, where the message takes one', async () => {
    expect((await refusal('session.login_with_password', ['root', 'a\u0007'])).message).toMatch(/: parameter 2 holds/)
    expect((await refusal('tunnel.get_all', ['a\u0007'])).message).toMatch(/: the session holds/)
  })

  it('that is secret is not repeated', async () => {
    const error = await refusal('session.login_with_password', ['root', 'secret\u0007'])
    expect(String(error.stack)).not.toContain('secret')
  })

  it('nested without end is refused', async () => {
    let value: unknown = 'x'
    for (let i = 0; i < 100_000; i += 1) value = [value]
    expect((await refusal('m', ['OpaqueRef:s', value])).message).toBe('m: parameter 1 is nested too deep')
  })

  it('cannot hide in the name of the method', async () => {
    expect((await refusal('tunnel.get\u0000', [])).message).toMatch(
      /the name of the method holds the character U\+0000/,
    )
    expect((await requestOf('a<b', [])).body).toContain('<methodName>a&lt;b</methodName>')
  })
})
