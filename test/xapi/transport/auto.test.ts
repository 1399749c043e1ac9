import { describe, expect, it } from 'vitest'
import { openTransport, type Transport } from '../../../src/xapi/index.ts'
import { alwaysJson, jsonHost } from '../json-host.ts'
import { ok } from '../one-user-host.ts'
import { always, httpServer, type Received, type Respond, rawServer, success, type TestServer } from '../servers.ts'

const xml = always(success('xml'))
const json = alwaysJson('{"jsonrpc":"2.0","result":"json","id":1}')

/** Answers JSON-RPC in one way and anything else in another. */
const split =
  (onJson: Respond, otherwise: Respond = xml): Respond =>
  (request, response) =>
    (request.url === '/jsonrpc' ? onJson : otherwise)(request, response)

const page =
  (status: number): Respond =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', connection: 'close' }).end('<html>no</html>')
  }

/** What each of the answers in turn comes to, the last one again and again. */
const inTurn = (...answers: Respond[]): Respond => {
  let turn = 0
  return (request, response) => answers[Math.min(turn++, answers.length - 1)]?.(request, response)
}

const told = ({ url, body }: Received) => `${url} ${/system\.isAlive|host\.\w+/.exec(body)?.[0]}`

async function using<T>(respond: Respond, work: (transport: Transport, server: TestServer) => Promise<T>): Promise<T> {
  await using server = await httpServer(respond)
  const transport = await openTransport({ ...server.settings, wire: 'auto' })
  try {
    return await work(transport, server)
  } finally {
    await transport.close()
  }
}

describe('a transport that finds out the wire', () => {
  it('keeps to JSON-RPC once the host has answered in it, a failure included', async () => {
    await using server = await jsonHost(method =>
      method === 'host.get_all' ? { ok: false, error: ['SESSION_INVALID', 's'] } : ok('x'),
    )
    const transport = await openTransport(server.settings)
    await expect(transport.call('host.get_all', ['s'])).rejects.toMatchObject({ code: 'SESSION_INVALID' })
    expect(await transport.call('host.get_record', ['s'])).toBe('x')
    await transport.close()
    expect(server.requests.map(told)).toEqual(['/jsonrpc host.get_all', '/jsonrpc host.get_record'])
  })

  it.each([400, 403, 404, 405, 410, 415, 501])('falls back to XML-RPC for good at HTTP %i', async status => {
    await using(split(page(status)), async (transport, server) => {
      expect(await transport.call('host.get_all', ['s'])).toBe('xml')
      expect(await transport.call('host.get_record', ['s'])).toBe('xml')
      expect(server.requests.map(told)).toEqual(['/jsonrpc host.get_all', '/ host.get_all', '/ host.get_record'])
    })
  })

  it.each<[string, Respond]>([
    ['in XML', xml],
    ['in XML without saying so', (_, response) => response.end(success('x'))],
    ['with a web page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi')],
  ])('falls back to XML-RPC where the host answers %s', async (_, respond) => {
    await using(split(respond), async (transport, server) => {
      expect(await transport.call('host.get_all', ['s'])).toBe('xml')
      expect(server.requests.map(told)).toEqual(['/jsonrpc host.get_all', '/ host.get_all'])
    })
  })

  it('takes an answer in JSON for what it is, whatever type it is given', async () => {
    const typed =
      (type: string): Respond =>
      (_, response) => {
        response.writeHead(200, { 'content-type': type }).end('{"jsonrpc":"2.0","result":"json","id":1}')
      }
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'text/plain']) {
      await using(split(typed(type)), async (transport, server) => {
        expect(await transport.call('host.reboot', ['s'])).toBe('json')
        expect(server.requests.map(told)).toEqual(['/jsonrpc host.reboot'])
      })
    }
  })

  it('asks a host that answers HTTP 500 for a sign of life, and falls back where it gives none', async () => {
    await using(split(page(500)), async (transport, server) => {
      expect(await transport.call('host.get_all', ['s'])).toBe('xml')
      expect(await transport.call('host.get_record', ['s'])).toBe('xml')
      expect(server.requests.map(told)).toEqual([
        '/jsonrpc host.get_all',
        '/jsonrpc system.isAlive',
        '/ host.get_all',
        '/ host.get_record',
      ])
    })
  })

  it('does not repeat a call that failed with HTTP 500 on a host that speaks JSON-RPC', async () => {
    await using(split(inTurn(page(500), json)), async (transport, server) => {
      await expect(transport.call('host.reboot', ['s'])).rejects.toMatchObject({ kind: 'http', status: 500 })
      expect(await transport.call('host.get_all', ['s'])).toBe('json')
      expect(server.requests.map(told)).toEqual([
        '/jsonrpc host.reboot',
        '/jsonrpc system.isAlive',
        '/jsonrpc host.get_all',
      ])
    })
  })

  it('throws what came first where the sign of life does not come through either', async () => {
    const cut: Respond = (_, response) => response.destroy()
    await using(split(inTurn(page(500), cut, json)), async transport => {
      await expect(transport.call('host.reboot', ['s'])).rejects.toMatchObject({ kind: 'http', status: 500 })
      expect(await transport.call('host.get_all', ['s'])).toBe('json')
    })
  })

  it.each<[string, Respond, object]>([
    ['the connection breaks before the answer', (_, response) => response.destroy(), { kind: 'closed' }],
    [
      'the connection breaks during the answer',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 99 }).write('{"json')
        setImmediate(() => response.destroy())
      },
      { kind: 'closed' },
    ],
    ['the answer is cut off', alwaysJson('{"jsonrpc":"2.0","resu'), { kind: 'protocol' }],
    ['the answer is empty', (_, response) => response.end(), { kind: 'protocol' }],
    ['the answer is JSON of another kind', alwaysJson('{"error":"no"}'), { kind: 'protocol' }],
    ['a proxy answers that it got no answer', page(502), { kind: 'http', status: 502 }],
    ['a proxy answers that the host is away', page(503), { kind: 'http', status: 503 }],
    ['somebody wants a password', page(401), { kind: 'http', status: 401 }],
  ])('sends a call once where %s', async (_, respond, error) => {
    await using(split(respond), async (transport, server) => {
      await expect(transport.call('host.reboot', ['s'])).rejects.toMatchObject(error)
      expect(server.requests.map(told)).toEqual(['/jsonrpc host.reboot'])
    })
  })

  it('sends a call once where the time is up', async () => {
    await using server = await httpServer(split(() => {}))
    const transport = await openTransport({ ...server.settings, timeoutMs: 30 })
    await expect(transport.call('host.reboot', ['s'])).rejects.toMatchObject({ kind: 'timeout' })
    await transport.close()
    expect(server.requests.map(told)).toEqual(['/jsonrpc host.reboot'])
  })

  it('has decided nothing as long as no answer tells', async () => {
    await using(split(inTurn(page(503), json)), async transport => {
      await expect(transport.call('host.get_all', ['s'])).rejects.toMatchObject({ status: 503 })
      expect(await transport.call('host.get_all', ['s'])).toBe('json')
    })
    await using(split(inTurn(page(503), page(404))), async transport => {
      await expect(transport.call('host.get_all', ['s'])).rejects.toMatchObject({ status: 503 })
      expect(await transport.call('host.get_all', ['s'])).toBe('xml')
    })
  })

  it('does not turn to XML-RPC on a host that has spoken JSON-RPC', async () => {
    await using(split(inTurn(json, page(404))), async transport => {
      expect(await transport.call('host.get_all', ['s'])).toBe('json')
      await expect(transport.call('host.get_all', ['s'])).rejects.toMatchObject({ status: 404 })
    })
  })

  it('lets calls go beside each other while nothing is decided, each by its own answer', async () => {
    const waiting: (() => void)[] = []
    const respond = split((request, response) => {
      const answer = request.body.includes('host.reboot') ? page(502) : page(404)
      waiting.push(() => answer(request, response))
      if (waiting.length === 3) for (const go of waiting) go()
    })
    await using(respond, async (transport, server) => {
      const [first, reboot, second] = await Promise.allSettled(
        ['host.get_all', 'host.reboot', 'host.get_record'].map(method => transport.call(method, ['s'])),
      )
      expect(first).toMatchObject({ value: 'xml' })
      expect(second).toMatchObject({ value: 'xml' })
      expect(reboot).toMatchObject({ reason: { status: 502 } })
      expect(server.requests.map(told).filter(line => line.includes('reboot'))).toEqual(['/jsonrpc host.reboot'])
    })
  })

  it('refuses in XML-RPC what only JSON can carry', async () => {
    await using(split(page(404)), async transport => {
      await expect(transport.call('host.get_all', ['s', '\u0001'])).rejects.toMatchObject({ kind: 'unsendable' })
    })
  })

  it('makes a connection without a call', async () => {
    await using server = await rawServer(() => {})
    const transport = await openTransport(server.settings)
    await transport.probe?.()
    await transport.close()
    expect(server.connections()).toBe(1)
  })
})
