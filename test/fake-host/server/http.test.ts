import { describe, expect, it, onTestFinished } from 'vitest'
import { parseType } from '../../../src/datamodel/index.ts'
import type { Call } from '../../../src/fake-host/dispatch/call.ts'
import { FakeHostError } from '../../../src/fake-host/error.ts'
import type { Limits } from '../../../src/fake-host/server/connection.ts'
import { listen } from '../../../src/fake-host/server/index.ts'
import { post, rawClient, xmlCall } from './raw.ts'

/** A server that answers each call with its method, or as told. */
async function serve(limits?: Partial<Limits>) {
  const calls: Call[] = []
  const waiting: (() => void)[] = []
  const server = await listen({
    address: { host: '127.0.0.1', port: 0 },
    limits,
    async dispatch(call) {
      calls.push(call)
      if (call.method === 'throw') throw new Error('a <bug>')
      if (call.method === 'wait') await new Promise<void>(resolve => waiting.push(resolve))
      return { ok: true, type: parseType('string'), value: call.method }
    },
  })
  onTestFinished(() => server.stop())
  const { port } = server.address as { port: number } // it listens on TCP
  return { ...server, port, calls, waiting, client: () => rawClient(port) }
}

/** An answer's parts. */
function parse(text: string) {
  const [head = '', ...body] = text.split('\r\n\r\n')
  const [line = '', ...headers] = head.split('\r\n')
  return { line, headers, body: body.join('\r\n\r\n') }
}

describe('an answer', () => {
  it('has the headers of a host, in its order and case', async () => {
    const { client } = await serve()
    const { send, until } = client()
    send(post(xmlCall('m')))
    const { line, headers, body } = parse(await until(/methodResponse>$/))
    expect(line).toBe('HTTP/1.1 200 OK')
    expect(headers).toEqual([
      `content-length: ${body.length}`,
      'connection: keep-alive',
      'cache-control: no-cache, no-store',
      'content-type: text/xml',
      'Access-Control-Allow-Origin: *',
      'Access-Control-Allow-Headers: X-Requested-With',
    ])
  })

  it('counts its length in bytes', async () => {
    const { client } = await serve()
    const { send, until } = client()
    send(post(xmlCall('é')))
    const { headers, body } = parse(await until(/methodResponse>$/))
    expect(headers).toContain(`content-length: ${Buffer.byteLength(body)}`)
  })

  it.each([
    ['1.1', [], 'keep-alive'],
    ['1.1', ['Connection: close'], 'close'],
    ['1.0', [], 'close'],
    ['1.0', ['connection: Keep-Alive'], 'keep-alive'],
  ])('to HTTP/%s with %j has the same version and says %s', async (version, headers, connection) => {
    const { client } = await serve()
    const { send, until, ended, socket } = client()
    send(post(xmlCall('m'), { version, headers }))
    const answer = parse(connection === 'close' ? await ended() : await until(/methodResponse>$/))
    expect(answer.line).toBe(`HTTP/${version} 200 OK`)
    expect(answer.headers[1]).toBe(`connection: ${connection}`)
    socket.destroy()
  })

  it('comes for one request after the other on a connection, also when they were sent at once', async () => {
    const { client, calls } = await serve()
    const { send, until, ended } = client()
    send(post(xmlCall('a')) + post(xmlCall('b')))
    await until(/<value>a<[\s\S]*<value>b</)
    send(`\r\n${post(xmlCall('c'), { headers: ['Connection: close'] })}`)
    expect((await ended()).match(/HTTP\/1.1 200/g)).toHaveLength(3)
    expect(calls.map(call => call.method)).toEqual(['a', 'b', 'c'])
  })

  it('comes to a client that has already closed its side', async () => {
    const { client } = await serve()
    const { send, socket, ended } = client()
    send(post(xmlCall('m')))
    socket.end()
    expect(await ended()).toContain('<value>m</value>')
  })

  it('comes to a client that sends one byte after the other', async () => {
    const { client } = await serve()
    const { socket, until } = client()
    socket.setNoDelay(true)
    for (const byte of post(xmlCall('slow'))) await new Promise<void>(resolve => socket.write(byte, () => resolve()))
    expect(await until(/<value>slow</)).toContain('200 OK')
    socket.destroy()
  })

  it('is a page where dispatch breaks, and the server goes on', async () => {
    const { client } = await serve()
    const broken = client()
    broken.send(post(xmlCall('throw')))
    expect(parse(await broken.ended())).toMatchObject({
      line: 'HTTP/1.1 500 Internal Error',
      body: expect.stringContaining('a &lt;bug&gt;'),
    })
    const next = client()
    next.send(post(xmlCall('m'), { headers: ['Connection: close'] }))
    expect(await next.ended()).toContain('200 OK')
  })
})

describe('routing', () => {
  it.each(['/', '/RPC2', '/json', '/xmlrpc', '/?session_id=x', '/RPC2/more?x'])('takes XML-RPC on %s', async path => {
    const { client, calls } = await serve()
    const { send, ended } = client()
    send(post(xmlCall('m', 'p'), { path, headers: ['Content-Type: application/json', 'Connection: close'] }))
    expect(await ended()).toContain('200 OK')
    expect(calls).toMatchObject([{ method: 'm', params: ['p'], origin: 'tcp' }])
  })

  it.each([
    ['GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 501 Method not implemented'],
    ['HEAD / HTTP/1.1\r\n\r\n', 'HTTP/1.1 501 Method not implemented'],
    ['PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 501 Method not implemented'],
    ['DELETE /x HTTP/1.0\r\n\r\n', 'HTTP/1.0 501 Method not implemented'],
    ['CONNECT x:1 HTTP/1.1\r\n\r\n', 'HTTP/1.1 501 Method not implemented'],
    ['constructor / HTTP/1.1\r\n\r\n', 'HTTP/1.1 501 Method not implemented'],
    [post('{}', { path: '/jsonrpc' }), 'HTTP/1.1 500 Internal Error'],
    [post(xmlCall('m'), { path: '/jsonrpc/x' }), 'HTTP/1.1 500 Internal Error'],
    [post('', { path: 'http://x/' }), 'HTTP/1.1 400 Bad Request'],
  ])('answers %j with %s and ends the connection', async (request, expected) => {
    const { client } = await serve()
    const { send, ended } = client()
    send(request)
    const { line, headers, body } = parse(await ended())
    expect(line).toBe(expected)
    expect(headers).toEqual([
      `content-length: ${body.length}`,
      'connection: close',
      'content-type: text/html',
      'cache-control: no-cache, no-store',
    ])
  })

  it('answers OPTIONS as browsers ask', async () => {
    const { client } = await serve()
    const { send, until } = client()
    send('OPTIONS /jsonrpc HTTP/1.1\r\nAccess-Control-Request-Headers: content-type, x\r\n\r\n')
    expect(parse(await until(/\r\n\r\n/))).toEqual({
      line: 'HTTP/1.1 200 OK',
      headers: [
        'content-length: 0',
        'connection: keep-alive',
        'cache-control: no-cache, no-store',
        'Access-Control-Allow-Origin: *',
        'Access-Control-Allow-Headers: content-type, x, X-Requested-With',
        'Access-Control-Allow-Methods: PUT',
      ],
      body: '',
    })
    send('OPTIONS / HTTP/1.1\r\n\r\n')
    await until(/Access-Control-Allow-Headers: X-Requested-With\r\n/)
  })
})

describe('a request that is not as it should be', () => {
  const long = (bytes: number) => `POST / HTTP/1.1\r\nContent-Length: 0\r\nX: ${'x'.repeat(bytes - 43)}\r\n\r\n`

  it.each([
    ['has no length', 'POST / HTTP/1.1\r\n\r\n', '500 Internal Error'],
    ['has its body in chunks', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '500 Internal Error'],
    ['has a body that is too long', 'POST / HTTP/1.1\r\nContent-Length: 307201\r\n\r\n', '500 Internal Error'],
    ['has a length that is no number', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', '400 Bad Request'],
    ['has headers that are too long', long(1025), '431 Request Header Fields Too Large'],
    ['has headers without end', 'x'.repeat(5000), '431 Request Header Fields Too Large'],
    ['is no HTTP', '\u0016\u0003\u0001hello\r\n\r\n', '400 Bad Request'],
    ['is of another HTTP', 'POST / HTTP/2.0\r\n\r\n', '400 Bad Request'],
    ['has a line that is no header', 'POST / HTTP/1.1\r\nwhat is this\r\n\r\n', '400 Bad Request'],
    ['has an empty body', post(''), '500 Internal Error'],
    ['has a body that is no XML', post('hello <b>'), '500 Internal Error'],
    ['has a body that is no call', post('<foo/>'), '500 Internal Error'],
  ])('gets a page and the end of the connection where it %s', async (_, request, status) => {
    const { client, calls } = await serve()
    const { send, ended } = client()
    send(request)
    const answer = await ended()
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`))
    expect(answer).toContain('<html>')
    expect(calls).toEqual([])
  })

  it('may have headers and a body of just the size that is allowed', async () => {
    const { client } = await serve()
    const { send, until } = client()
    expect(long(1024)).toHaveLength(1024)
    send(long(1024))
    await until(/500 Internal Error/) // an empty body is no call
    const other = client()
    const body = xmlCall('m', 'x'.repeat(307_200 - xmlCall('m', '').length))
    expect(body).toHaveLength(307_200)
    other.send(post(body))
    expect(await other.until(/methodResponse>$/)).toContain('200 OK')
    other.socket.destroy()
  })

  it('gets its page even while it still sends ten megabytes', async () => {
    const { client } = await serve()
    const { send, ended, socket } = client()
    send('POST / HTTP/1.1\r\nContent-Length: 10485760\r\n\r\n')
    for (let i = 0; i < 160; i++) send(Buffer.alloc(65_536, 'x'))
    socket.end()
    expect(await ended()).toMatch(/^HTTP\/1.1 500 Internal Error/)
  })

  it('is followed by another where its body is longer than it said', async () => {
    const { client } = await serve()
    const { send, ended } = client()
    send(`${post(xmlCall('m'))}and more\r\n\r\n`)
    expect(await ended()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*HTTP\/1.1 400 Bad Request/)
  })

  it('gets nothing where it ends before its body does', async () => {
    const { client, calls } = await serve()
    const { send, socket, ended } = client()
    send('POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n<methodCall>')
    socket.end()
    expect(await ended()).toBe('')
    expect(calls).toEqual([])
  })

  it('is cut off where the client goes on sending for too long after the page', async () => {
    const { client } = await serve({ linger: 30 })
    const { send, socket, until } = client()
    send('POST / HTTP/1.1\r\n\r\n')
    await until(/500 Internal Error/)
    socket.removeAllListeners('end')
    await new Promise<void>(resolve => {
      const more = setInterval(() => send('x'), 5)
      socket.once('close', () => {
        clearInterval(more)
        resolve()
      })
    })
  })
})

describe('a slow client', () => {
  it.each([
    ['says nothing', { silence: 20 }],
    ['takes too long in all', { firstHead: 20 }],
  ])('is told so where it %s before its first headers are there', async (_, limits) => {
    const { client } = await serve(limits)
    const { send, ended } = client()
    send('POST / HT')
    expect(await ended()).toMatch(/^HTTP\/1.1 408 Request Timeout/)
  })

  it('has all the time in the world after that', async () => {
    const { client } = await serve({ silence: 20, firstHead: 40 })
    const { send, until, socket } = client()
    const other = client() // which is silent, and tells that the time is over
    send(post(xmlCall('first')))
    await until(/<value>first</)
    send('POST / HTTP')
    await other.ended()
    await client().ended()
    await client().ended()
    send(post(xmlCall('second')).slice('POST / HTTP'.length))
    await until(/<value>second</)
    socket.destroy()
  })
})

describe('a client that finds too many others', () => {
  it('waits until one of them has gone', async () => {
    const { client } = await serve({ connections: 2 })
    const [first, second, third, fourth] = [client(), client(), client(), client()]
    for (const served of [first, second]) {
      served.send(post(xmlCall('served')))
      await served.until(/<value>served</)
    }
    third.send(post(xmlCall('third')))
    fourth.send(post(xmlCall('fourth')))
    second.send(post(xmlCall('again')))
    await second.until(/<value>again</)
    fourth.socket.destroy()
    first.socket.destroy()
    await third.until(/<value>third</)
    third.socket.destroy()
    second.socket.destroy()
  })

  it('is not waited for when the server stops', async () => {
    const { client, stop } = await serve({ connections: 1 })
    const first = client()
    first.send(post(xmlCall('m')))
    await first.until(/<value>m</)
    const second = client()
    second.send(post(xmlCall('m')))
    first.send(post(xmlCall('n')))
    await first.until(/<value>n</)
    await stop()
    expect(await second.ended()).toBe('')
  })
})

it('a call is told when its client has gone', async () => {
  const { client, calls } = await serve()
  const { send, socket } = client()
  send(post(xmlCall('wait')))
  await new Promise<void>(resolve => {
    const look = () => (calls.length > 0 ? resolve() : setImmediate(look))
    look()
  })
  const signal = calls[0]?.signal
  expect(signal?.aborted).toBe(false)
  socket.resetAndDestroy()
  await new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve()))
})

describe('stop', () => {
  it('ends connections that are idle and answers what is being answered', async () => {
    const { client, waiting, stop } = await serve()
    const idle = client()
    idle.send(post(xmlCall('m')))
    await idle.until(/methodResponse>$/)
    const busy = client()
    busy.send(post(xmlCall('wait')))
    await new Promise<void>(resolve => {
      const look = () => (waiting.length > 0 ? resolve() : setImmediate(look))
      look()
    })
    const stopped = stop()
    await idle.ended()
    waiting[0]?.()
    expect(await busy.ended()).toMatch(/connection: close[\s\S]*<value>wait</)
    await stopped
  })

  it('does not wait for an answer that does not come', async () => {
    const { client, waiting, stop } = await serve()
    const busy = client()
    busy.send(post(xmlCall('wait')))
    await new Promise<void>(resolve => {
      const look = () => (waiting.length > 0 ? resolve() : setImmediate(look))
      look()
    })
    await stop()
    expect(await busy.ended()).toBe('')
  })
})

it('a port in use is a clear error', async () => {
  const { port } = await serve()
  const second = listen({ address: { host: '127.0.0.1', port }, dispatch: () => Promise.reject(new Error()) })
  await expect(second).rejects.toThrow(FakeHostError)
  await expect(second).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: the port is in use`)
})
