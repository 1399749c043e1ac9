import { describe, expect, it, onTestFinished } from 'vitest'
import { parseType } from '../../../src/datamodel/index.ts'
import { type Call, RpcDate } from '../../../src/fake-host/dispatch/call.ts'
import { readJsonCall } from '../../../src/fake-host/server/jsonrpc-read.ts'
import { writeJsonResponse } from '../../../src/fake-host/server/jsonrpc-write.ts'
import { startFakeHost } from '../../../src/fake-host/start.ts'

const read = (text: string | Buffer) => readJsonCall(Buffer.from(text))
const call = (members: object) => JSON.stringify({ jsonrpc: '2.0', method: 'm', params: [], id: 1, ...members })
const without = (member: string, members: object = {}) => call({ ...members, [member]: undefined })

describe('a JSON-RPC call', () => {
  it.each([
    ['an array', call({ params: ['a', 1, 1.5, true, null] }), ['a', 1n, 1.5, true, null]],
    ['an object, which is one struct', call({ params: { a: 'b' } }), [new Map([['a', 'b']])]],
    ['null', call({ params: null }), []],
    ['absent', without('params'), []],
    ['an array in version 1.0', without('jsonrpc', { params: ['a'] }), ['a']],
  ])('may have parameters that are %s', (_, text, params) => {
    expect(read(text).params).toEqual(params)
  })

  it.each([
    ['1', 1n],
    ['-7', -7n],
    ['9223372036854775807', 9223372036854775807n],
    ['"abc"', 'abc'],
    ['""', ''],
  ])('keeps the id %s with its type', (text, id) => {
    expect(read(`{"jsonrpc":"2.0","method":"m","params":[],"id":${text}}`).id).toBe(id)
  })

  it('is of version 1.0 unless it says 2.0', () => {
    expect(read(without('jsonrpc')).version).toBe('1.0')
    expect(read(call({})).version).toBe('2.0')
  })

  it('takes the first of two members with one name, and every name', () => {
    const { params } = read('{"method":"m","params":[{"a":"1","a":"2","__proto__":"p"}],"id":1,"method":"n"}')
    expect(params).toEqual([
      new Map([
        ['a', '1'],
        ['__proto__', 'p'],
      ]),
    ])
  })

  it('may be as deep as it likes', () => {
    const depth = 100_000
    expect(read(`{"method":"m","params":[${'['.repeat(depth)}${']'.repeat(depth)}],"id":1}`).params).toHaveLength(1)
  })

  it.each([
    ['is no JSON', '{bad'],
    ['is empty', ''],
    ['is XML', '<methodCall/>'],
    ['is a batch', `[${call({})}]`],
    ['is an empty array', '[]'],
    ['is a number', '5'],
    ['says another version', call({ jsonrpc: '1.0' })],
    ['says version 3.0', call({ jsonrpc: '3.0' })],
    ['says no version', call({ jsonrpc: null })],
    ['has no method', without('method')],
    ['has a method that is no text', call({ method: 5 })],
    ['has no id', without('id')],
    ['has the id null', call({ id: null })],
    ['has an id with a fraction', call({ id: 1.5 })],
    ['has an id that is an object', call({ id: {} })],
    ['has parameters that are text', call({ params: 'x' })],
    ['has no parameters in version 1.0', without('jsonrpc', { params: undefined })],
    ['has an object for parameters in version 1.0', without('jsonrpc', { params: {} })],
    ['has an integer beyond 64 bits', '{"method":"m","params":[[{"a":9223372036854775808}]],"id":1}'],
    ['begins with a byte order mark', `\ufeff${call({})}`],
  ])('is refused where it %s', (_, text) => {
    expect(() => read(text)).toThrow()
  })

  it('keeps bytes that are no UTF-8 as something that is no text either', () => {
    const body = Buffer.concat([Buffer.from('{"method":"m","params":["a'), Buffer.of(0xff), Buffer.from('"],"id":1}')])
    expect(read(body).params).toEqual(['a\udcff'])
  })
})

describe('a JSON-RPC answer', () => {
  const v1 = { version: '1.0', id: 'x', method: 'm', params: [] } as const
  const v2 = { version: '2.0', id: 1n, method: 'm', params: [] } as const
  const success = { ok: true, type: parseType('int set'), value: [1] } as const
  const failure = { ok: false, error: ['CODE', 'p"1'] } as const

  it('is in the version of the call, and echoes its id', () => {
    expect(writeJsonResponse(v1, success)).toBe('{"result":[1],"error":null,"id":"x"}')
    expect(writeJsonResponse(v2, success)).toBe('{"jsonrpc":"2.0","result":[1],"id":1}')
    expect(writeJsonResponse(v1, failure)).toBe(String.raw`{"result":null,"error":["CODE","p\"1"],"id":"x"}`)
    expect(writeJsonResponse(v2, failure)).toBe(
      String.raw`{"jsonrpc":"2.0","error":{"code":1,"message":"CODE","data":["p\"1"]},"id":1}`,
    )
  })

  it('has data even where the error has no parameters', () => {
    expect(writeJsonResponse(v2, { ok: false, error: ['CODE'] })).toBe(
      '{"jsonrpc":"2.0","error":{"code":1,"message":"CODE","data":[]},"id":1}',
    )
  })

  it('has lost its call where that was not looked at', () => {
    const early = { ok: false, error: ['HOST_STILL_BOOTING'], beforeDispatch: true } as const
    for (const version of [v1, v2]) {
      expect(writeJsonResponse(version, early)).toBe('{"jsonrpc":"2.0","error":["HOST_STILL_BOOTING"],"id":0}')
    }
  })

  it('says void as an empty text', () => {
    const answer = { ok: true, type: parseType('void'), value: undefined } as const
    expect(writeJsonResponse(v2, answer)).toBe('{"jsonrpc":"2.0","result":"","id":1}')
  })
})

describe('a served pool', () => {
  async function client() {
    const host = await startFakeHost()
    onTestFinished(async () => void (await host.stop()))
    const post = (body: string | Buffer, path = '/jsonrpc') =>
      fetch(`${host.url}${path}`, { method: 'POST', body: body as string }) // which fetch takes as it takes a text
    const login = await post('{"method":"session.login_with_password","params":["root","pw"],"id":"in"}')
    const { result: session, id } = (await login.json()) as { result: string; id: string }
    expect(id).toBe('in')
    const [network = ''] = host.db.refs('network')
    return { host, post, session, network }
  }

  it('answers with its own content type, which has no charset', async () => {
    const { post, session } = await client()
    const response = await post(`{"jsonrpc":"2.0","method":"pool.get_all","params":["${session}"],"id":7}`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toMatch(/^\{"jsonrpc":"2\.0","result":\["OpaqueRef:[-0-9a-f]{36}"\],"id":7\}$/)
  })

  it('lists its methods in a plain envelope', async () => {
    const { post } = await client()
    const response = await post('{"jsonrpc":"2.0","method":"system.listMethods","id":0}', '/jsonrpc/anything')
    const { result, id } = (await response.json()) as { result: string[]; id: number }
    expect(result).toContain('tunnel.create')
    expect(id).toBe(0)
  })

  it('writes an event as it writes records', async () => {
    const { host, post, session, network } = await client()
    host.db.set('network', network, 'MTU', 9000)
    const params = JSON.stringify([session, [`network/${network}`], '', 0.1])
    const text = await (await post(`{"jsonrpc":"2.0","method":"event.from","params":${params},"id":1}`)).text()
    expect(text).toContain('"MTU":9000,')
    expect(text).toMatch(/"valid_ref_counts":\{.*"network":4,.*\},"token":"\d{20},\d{20}"\},"id":1\}$/)
  })

  it.each([
    ['bytes that are no UTF-8', Buffer.of(0x61, 0xff, 0x62)],
    ['half a surrogate pair', Buffer.from(String.raw`a\ud800b`)],
    ['the other half', Buffer.from(String.raw`a\udc00b`)],
  ])('refuses a parameter with %s before it looks at the call', async (_, text) => {
    const { post, session, network } = await client()
    const start = `{"jsonrpc":"2.0","method":"network.add_tags","params":["${session}","${network}",["`
    const response = await post(Buffer.concat([Buffer.from(start), text, Buffer.from('"]],"id":"x"}')]))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      error: ['INVALID_VALUE', expect.any(String), '[S(a\ufffdb)]'],
      id: 0,
    })
  })

  it.each([10, 1000, 100_000])('says that %d arrays within each other are no text, and goes on', async depth => {
    const { post, session, network } = await client()
    const nest = `${'['.repeat(depth)}${']'.repeat(depth)}`
    const response = await post(`{"method":"network.add_tags","params":["${session}","${network}",${nest}],"id":1}`)
    expect(await response.json()).toMatchObject({
      error: ['INTERNAL_ERROR', expect.stringContaining('Expected string')],
    })
    const unknown = await post(`{"method":"no.such","params":["${session}",${nest}],"id":1}`)
    expect(await unknown.json()).toMatchObject({ error: ['MESSAGE_METHOD_UNKNOWN', 'no.such'] })
  })

  it('takes control characters as far as a database can', async () => {
    const { host, post, session, network } = await client()
    const ask = async (method: string, text: string) => {
      const params = JSON.stringify([session, network, text])
      return (await post(`{"method":"${method}","params":${params},"id":1}`)).json()
    }
    expect(await ask('network.set_name_label', 'a\u0001b')).toMatchObject({
      error: ['INTERNAL_ERROR', 'Db_exn.Invalid_value'],
    })
    expect(await ask('network.add_tags', 'a\u0001b')).toMatchObject({ error: null })
    expect(host.db.get('network', network, 'tags')).toEqual(['a'])
  })
})

it('a date has no form of its own in JSON', () => {
  const { params }: Pick<Call, 'params'> = read(call({ params: ['20240102T03:04:05Z'] }))
  expect(params[0]).not.toBeInstanceOf(RpcDate)
})
