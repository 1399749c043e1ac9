import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { always, httpServer, rawServer, success } from '../servers.ts'
import { callOnce, failureOf, xmlTransport } from './calling.ts'

describe('a call over HTTP', () => {
  it('reuses its connection', async () => {
    await using server = await httpServer(always(success('x')))
    const transport = await xmlTransport(server.settings)
    for (const _ of [1, 2, 3]) expect(await transport.call('m', [])).toBe('x')
    await transport.close()
    expect(server.connections()).toBe(1)
  })

  it('goes beside others, fifty at a time, without a warning', async () => {
    await using server = await httpServer((request, response) => {
      response.end(success(/<string>(\d+)</.exec(request.body)?.[1] ?? ''))
    })
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const transport = await xmlTransport(server.settings)
    const signal = new AbortController().signal
    const numbers = Array.from({ length: 50 }, (_, i) => String(i))
    expect(await Promise.all(numbers.map(n => transport.call('m', ['', n], { signal })))).toEqual(numbers)
    await transport.close()
    await new Promise(resolve => setImmediate(resolve))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('goes over a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xapi-'))
    const socketPath = join(folder, 'xapi')
    {
      await using server = await httpServer(always(success('x')), { path: socketPath })
      expect(existsSync(socketPath)).toBe(true)
      expect(await callOnce({ socketPath })).toBe('x')
      expect(server.requests).toHaveLength(1)
    }
    const gone = await failureOf({ socketPath })
    expect(gone).toMatchObject({ kind: 'refused', message: `${socketPath} cannot be reached: there is no such socket` })
    rmSync(folder, { recursive: true })
  })

  it('accepts an IPv6 address in brackets', async () => {
    const error = await failureOf({ host: '[::1]', port: 1, tls: false })
    expect(error.message).toMatch(/^\[::1\]:1 /)
  })

  it('reads an answer in the character set that it declares', async () => {
    const latin1 = Buffer.from(success('grün'), 'latin1')
    await using server = await httpServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/xml; charset="ISO-8859-1"' }).end(latin1)
    })
    expect(await callOnce(server.settings)).toBe('grün')
    await using odd = await httpServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/xml; charset=nonsense' }).end(success(''))
    })
    expect(await failureOf(odd.settings)).toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('nonsense'),
    })
  })

  it('reads UTF-8 that arrives in pieces', async () => {
    const bytes = Buffer.from(success('🚇'))
    const middle = bytes.indexOf(Buffer.from('🚇')) + 2
    await using server = await httpServer((_, response) => {
      response.write(bytes.subarray(0, middle))
      setImmediate(() => response.end(bytes.subarray(middle)))
    })
    expect(await callOnce(server.settings)).toBe('🚇')
  })
})

describe('a host that cannot be reached', () => {
  it('because nothing listens there', async () => {
    const server = await httpServer(always(''))
    await server[Symbol.asyncDispose]()
    expect(await failureOf(server.settings)).toMatchObject({
      kind: 'refused',
      message: `127.0.0.1:${server.port} refuses connections`,
    })
  })

  it('because its name means nothing', async () => {
    const error = await failureOf({ host: 'no-such-host.invalid', tls: false })
    expect(error.kind).toBe('unresolved')
    expect(error.message).toMatch(/^no-such-host\.invalid:80 cannot be reached: /)
  })
})

describe('a host that does not answer', () => {
  it('is given up when the time is up', async () => {
    await using server = await httpServer(() => {})
    expect(await failureOf({ ...server.settings, timeoutMs: 50 })).toMatchObject({
      kind: 'timeout',
      message: `127.0.0.1:${server.port} did not answer within 0.05 s`,
    })
  })

  it('is given up when its answer drags on', async () => {
    await using server = await httpServer((_, response) => {
      response.writeHead(200).write('<?xml version="1.0"?>')
    })
    expect((await failureOf({ ...server.settings, timeoutMs: 50 })).kind).toBe('timeout')
  })

  it('is waited for without end where the time-out is 0, and as long as asked where it is huge', async () => {
    await using server = await httpServer(always(success('x')))
    expect(await callOnce({ ...server.settings, timeoutMs: 0 })).toBe('x')
    expect(await callOnce({ ...server.settings, timeoutMs: 1e12 })).toBe('x')
  })

  it('is let go of when the caller wants no more, with the reason of the caller', async () => {
    const stop = new AbortController()
    await using server = await httpServer(() => stop.abort(new Error('enough')))
    await expect(callOnce(server.settings, stop.signal)).rejects.toThrow('enough')
    await expect(callOnce(server.settings, stop.signal)).rejects.toThrow('enough')
    expect(server.requests).toHaveLength(1)
  })

  it('is let go of when the transport is closed', async () => {
    let arrived = () => {}
    const arrival = new Promise<void>(resolve => {
      arrived = resolve
    })
    await using server = await httpServer(() => arrived())
    const transport = await xmlTransport(server.settings)
    const call = transport.call('m', [])
    const outcome = expect(call).rejects.toMatchObject({ kind: 'cancelled' })
    await arrival
    await transport.close()
    await outcome
    await expect(transport.call('m', [])).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('because it closes the connection', async () => {
    await using server = await rawServer(socket => socket.on('data', () => socket.destroy()))
    expect(await failureOf(server.settings)).toMatchObject({
      kind: 'closed',
      message: `127.0.0.1:${server.port} closed the connection without an answer`,
    })
  })

  it.each([
    ['by its length', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<?xml version="1.0"?>'],
    ['by its chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<?xml'],
  ])('in full, %s', async (_, part) => {
    await using server = await rawServer(socket => socket.on('data', () => socket.end(part)))
    expect(await failureOf(server.settings)).toMatchObject({
      kind: 'closed',
      message: `127.0.0.1:${server.port} closed the connection half-way through its answer`,
    })
  })
})

describe('probing', () => {
  it('makes a connection and sends nothing', async () => {
    await using server = await httpServer(always(''))
    const transport = await xmlTransport(server.settings)
    await transport.probe?.()
    await transport.close()
    expect(server.connections()).toBe(1)
    expect(server.requests).toEqual([])
  })

  it('fails as a call would', async () => {
    const server = await httpServer(always(''))
    await server[Symbol.asyncDispose]()
    const transport = await xmlTransport(server.settings)
    await expect(transport.probe?.()).rejects.toMatchObject({
      kind: 'refused',
      message: `127.0.0.1:${server.port} refuses connections`,
    })
    await expect(transport.probe?.({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await transport.close()
  })
})
