import { describe, expect, it } from 'vitest'
import { always, httpServer, rawServer, success } from '../servers.ts'
import { callOnce, failureOf, xmlTransport } from './calling.ts'

const page = (text: string) =>
  `<!DOCTYPE html>\n<html><head><title>no</title></head>\n<body>\n<h1>${text}</h1></body></html>`

describe('an answer that is not one of XenAPI', () => {
  it.each([
    [404, 'Not Found', page('File not found'), 'answered HTTP 404 Not Found: File not found'],
    [500, 'Internal Error', page('boom &lt;&gt;'), 'answered HTTP 500 Internal Error: boom &lt;&gt;'],
    [
      500,
      'Internal Error',
      '<html><body><h1>HTTP 500 internal error</h1>1:1: no element</body></html>',
      'answered HTTP 500 Internal Error: 1:1: no element',
    ],
    [503, 'Service Unavailable', '', 'answered HTTP 503 Service Unavailable'],
    [401, 'Unauthorised', '\r\n\u001B[31mno\u0007', 'answered HTTP 401 Unauthorised: [31mno'],
    [302, 'Found', '', 'answered HTTP 302 Found'],
    [500, 'Odd', success('x'), 'answered HTTP 500 Odd: Status'],
  ])('has the status %i', async (status, reason, body, text) => {
    await using server = await httpServer((_, response) => {
      response.writeHead(status, reason, { 'content-type': 'text/html' }).end(body)
    })
    const error = await failureOf(server.settings)
    expect(error).toMatchObject({ kind: 'http', status, message: `127.0.0.1:${server.port} ${text}` })
  })

  it('is a web page', async () => {
    await using server = await httpServer(always(page('Welcome')))
    expect(await failureOf(server.settings)).toMatchObject({
      kind: 'protocol',
      message: `127.0.0.1:${server.port} answered with a web page, so it is no XenAPI host: Welcome`,
    })
  })

  it.each([
    ['empty', '', 'sent an empty answer'],
    ['blank', ' \n', 'sent an empty answer'],
    ['no XML', 'hello', 'sent an answer that is not XML-RPC: '],
    ['bytes', '\u0000\u0001\u0002', 'sent an answer that is not XML-RPC: '],
    ['JSON', '{"result":1}', 'sent an answer that is not XML-RPC: '],
    ['other XML', '<?xml version="1.0"?><a/>', 'sent an answer that is not XML-RPC: '],
    [
      'a request',
      '<methodCall><methodName>m</methodName><params/></methodCall>',
      'sent an answer that is not XML-RPC: ',
    ],
    ['without a value', '<methodResponse><params/></methodResponse>', 'sent an answer that is not XML-RPC: '],
    ['cut off', success('x').slice(0, -40), 'sent an answer that is not XML-RPC: '],
    ['cut off in a tag', success('x').slice(0, -5), 'sent an answer that is not XML-RPC: '],
  ])('is %s', async (_, body, text) => {
    await using server = await httpServer(always(body))
    const error = await failureOf(server.settings)
    expect(error.kind).toBe('protocol')
    expect(error.message).toContain(`127.0.0.1:${server.port} ${text}`)
  })

  it('is not HTTP', async () => {
    await using server = await rawServer(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
    expect(await failureOf(server.settings)).toMatchObject({
      kind: 'protocol',
      message: `127.0.0.1:${server.port} does not answer in HTTP`,
    })
  })

  it('stops being HTTP half-way', async () => {
    const part = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<?xml\r\nnonsense\r\n'
    await using server = await rawServer(socket => socket.on('data', () => socket.write(part)))
    expect((await failureOf(server.settings)).kind).toBe('protocol')
  })

  it('is longer than what is taken', async () => {
    await using server = await httpServer(always(success('x'.repeat(10_000))))
    expect(await callOnce({ ...server.settings, maxAnswerBytes: 20_000 })).toHaveLength(10_000)
    expect(await failureOf({ ...server.settings, maxAnswerBytes: 9000 })).toMatchObject({
      kind: 'protocol',
      message: `127.0.0.1:${server.port} sent an answer of more than 9000 bytes`,
    })
  })

  it('is endless', async () => {
    await using server = await httpServer((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    })
    expect((await failureOf({ ...server.settings, maxAnswerBytes: 2 ** 20 })).kind).toBe('protocol')
  })

  it('is compressed, which nobody asked for', async () => {
    await using server = await httpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
    })
    expect(await failureOf(server.settings)).toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('gzip'),
    })
  })

  it('spoils nothing for the next call', async () => {
    let served = 0
    await using server = await httpServer((_, response) => {
      served += 1
      if (served === 1) response.writeHead(500).end('no')
      else response.end(success('x'))
    })
    const transport = await xmlTransport(server.settings)
    await expect(transport.call('m', [])).rejects.toMatchObject({ status: 500 })
    expect(await transport.call('m', [])).toBe('x')
    await transport.close()
  })
})
