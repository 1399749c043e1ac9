import { describe, expect, it } from 'vitest'
import { type FakeHost, type FaultRule, startFakeHost } from '../../../src/fake-host/index.ts'
import { post, type RawClient, rawClient, xmlCall } from '../server/raw.ts'

const LOGIN = { method: 'session.login_with_password', params: ['root', 'pw'] }

const bodies = {
  'XML-RPC': { path: '/', body: xmlCall(LOGIN.method, ...LOGIN.params) },
  'JSON-RPC': { path: '/jsonrpc', body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...LOGIN }) },
}

async function faulty(rule: FaultRule): Promise<{ host: FakeHost; client: RawClient; sessions: () => number }> {
  const host = await startFakeHost({ faults: [{ method: 'session.*', max: 1, ...rule }] })
  return { host, client: rawClient(host.port), sessions: () => host.db.refs('session').length }
}

describe.each(Object.entries(bodies))('over %s', (_, { path, body }) => {
  it('a call may get another HTTP status, and is not carried out', async () => {
    const { host, client, sessions } = await faulty({ http: 503 })
    await using _ = host
    client.send(post(body, { path }))
    const answer = await client.ended()
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    expect(answer).toContain('connection: close')
    expect(sessions()).toBe(0)
  })

  it.each([
    [true, 0],
    ['after', 1],
  ] as const)('the connection may be reset: %s', async (reset, expected) => {
    const { host, client, sessions } = await faulty({ reset })
    await using _ = host
    const failed = new Promise<NodeJS.ErrnoException>(resolve => client.socket.on('error', resolve))
    client.send(post(body, { path }))
    expect((await failed).code).toBe('ECONNRESET')
    expect(await client.ended()).toBe('')
    expect(sessions()).toBe(expected)
  })

  it.each([
    [true, 0],
    ['after', 1],
  ] as const)('the answer may never come: %s', async (hang, expected) => {
    const { host, client, sessions } = await faulty({ hang })
    client.send(post(body, { path }))
    await expect.poll(() => host.calls[0]?.damage).toBe('hang')
    expect(sessions()).toBe(expected)
    const began = performance.now()
    await host.stop()
    expect(performance.now() - began).toBeLessThan(400) // nobody waits for it
    expect(await client.ended()).toBe('')
  })

  it('the answer may break off', async () => {
    const { host, client, sessions } = await faulty({ truncate: true })
    await using _ = host
    client.send(post(body, { path }))
    const answer = await client.ended()
    const length = Number(/content-length: (\d+)/.exec(answer)?.[1])
    const received = answer.slice(answer.indexOf('\r\n\r\n') + 4).length
    expect(received).toBe(Math.floor(length / 2))
    expect(sessions()).toBe(1)
  })

  it('the answer may be nonsense, and the connection goes on', async () => {
    const { host, client, sessions } = await faulty({ garbage: true })
    await using _ = host
    client.send(post(body, { path }))
    const answer = await client.until(/\r\n\r\n./s)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).not.toContain('OpaqueRef')
    expect(sessions()).toBe(1)
    client.send(post(body, { path }))
    expect(await client.until(/OpaqueRef/)).toContain('OpaqueRef')
  })

  it('the answer may take its time', async () => {
    const { host, client } = await faulty({ delay_ms: 40 })
    await using _ = host
    const began = performance.now()
    client.send(post(body, { path }))
    await client.until(/OpaqueRef/)
    expect(performance.now() - began).toBeGreaterThanOrEqual(39)
  })
})

it('over TLS the connection is cut as well', async () => {
  await using host = await startFakeHost({ tls: true, faults: [{ method: 'session.*', reset: true }] })
  const { connect } = await import('node:tls')
  const socket = connect({ port: host.port, host: '127.0.0.1', ca: host.ca })
  socket.on('error', () => {}) // either way it ends
  socket.write(post(bodies['XML-RPC'].body))
  let received = ''
  socket.setEncoding('latin1').on('data', text => {
    received += text
  })
  await new Promise(resolve => socket.on('close', resolve))
  expect(received).toBe('')
})
