import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { openHost } from '../../src/cli/index.ts'
import { defaults, type Settings } from '../../src/cli/settings.ts'

const noFile = (path: string): never => {
  throw new Error(path)
}

/** Calls something on an HTTP server of this process and returns the request that arrived. */
async function requestOf(settings: Partial<Settings>): Promise<IncomingMessage> {
  const server = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server that listens
  const transport = await openHost({ ...defaults, port, ...settings }, noFile, () => {})
  try {
    const [[request]] = await Promise.all([once(server, 'request'), transport.call('x.y', []).catch(() => {})])
    return request
  } finally {
    await transport.close()
    server.close()
  }
}

test('calls say that they come from a command line', async () => {
  expect((await requestOf({})).headers.originator).toBe('cli')
})

test('a trace context and baggage travel as headers in xe’s order, empty ones too', async () => {
  const { rawHeaders } = await requestOf({ traceparent: '00-1-2-01', baggage: '' })
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map(name => name.toLowerCase())
  expect(names.filter(name => ['originator', 'traceparent', 'baggage'].includes(name))).toEqual([
    'originator',
    'traceparent',
    'baggage',
  ])
})

test('what is tried is noted', async () => {
  const notes: string[] = []
  const settings = { ...defaults, server: 'h', port: 1 }
  await (await openHost(settings, noFile, line => notes.push(line))).close()
  expect(notes).toEqual(['Trying h port 1 over TLS'])
})

test('certificates that cannot be read are complained about before anything is sent', async () => {
  const settings = { ...defaults, server: 'h', ca: '/none.pem' }
  await expect(openHost(settings, noFile, () => {})).rejects.toThrow('the certificates in /none.pem cannot be read')
})

test('a call takes no longer than --timeout says', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server that listens
  const transport = await openHost({ ...defaults, port, timeoutSeconds: 0.05 }, noFile, () => {})
  await expect(transport.call('x.y', [])).rejects.toMatchObject({ name: 'TransportError', kind: 'timeout' })
  await transport.close()
  server.closeAllConnections()
  server.close()
})

test.each(['', 'a b', 'h\nx', 'h☃'])(
  '%j cannot be a host, and is complained about before anything is sent',
  async server => {
    await expect(openHost({ ...defaults, server }, noFile, () => {})).rejects.toThrow('cannot be a host')
  },
)

test('headers carry the bytes of what is in the environment, and no control characters', async () => {
  const { headers } = await requestOf({ baggage: 'k=ü' })
  expect(Buffer.from(String(headers.baggage), 'latin1').toString()).toBe('k=ü')
  await expect(openHost({ ...defaults, traceparent: 'a\nb' }, noFile, () => {})).rejects.toThrow('traceparent')
})
