import { type IncomingMessage, request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { json, text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { controlResponse } from '../../../src/fake-host/control/http.ts'
import { type FakeHost, type FakeHostOptions, startFakeHost } from '../../../src/fake-host/index.ts'
import { DaemonError } from '../../../src/fake-host/network/index.ts'
import { parseHead } from '../../../src/fake-host/server/request.ts'
import { newFolder } from '../folder.ts'
import { xmlCall } from '../server/raw.ts'

const start = (options: FakeHostOptions = {}) =>
  startFakeHost({ seed: 3, clock: () => Date.UTC(2024, 0, 2), ...options })

interface Asked {
  readonly status: number
  readonly body: unknown
}

/** What a request to a control route comes to. */
async function ask(host: FakeHost, method: string, path: string, body?: unknown): Promise<Asked> {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const response = await fetch(`${host.url}${path}`, { method, ...sent })
  expect(response.headers.get('content-type')).toBe('application/json')
  return { status: response.status, body: await response.json() }
}

const done = (body: unknown = {}): Asked => ({ status: 200, body })
const refused = (error: string, status = 400): Asked => ({ status, body: { error: expect.stringContaining(error) } })

async function xml(host: FakeHost, method: string, ...params: string[]): Promise<string> {
  const response = await fetch(host.url, { method: 'POST', body: xmlCall(method, ...params) })
  return response.text()
}

describe('control over HTTP', () => {
  it('lists what there is to be asked for', async () => {
    await using host = await start()
    const { body } = await ask(host, 'GET', '/fake/')
    expect(body).toContain('POST /fake/records')
    expect(body).toContain('DELETE /fake/faults')
    expect(await ask(host, 'GET', '/fake/nonsense')).toEqual(refused('there is no /fake/nonsense', 404))
    expect(await ask(host, 'GET', '/fake/__proto__')).toEqual(refused('there is no /fake/__proto__', 404))
    expect(await ask(host, 'GET', '/fake')).toEqual(refused('there is no /fake', 404))
    expect(await ask(host, 'GET', '/fake/reset')).toEqual(refused('/fake/reset takes POST, not GET', 405))
  })

  it('shows a switch and takes changes to it', async () => {
    await using host = await start()
    const path = '/fake/hosts/host1/switch'
    const add = { op: 'add-port', bridge: 'xenbr0', port: 't', type: 'gre', options: { remote_ip: '198.18.0.12' } }
    expect(await ask(host, 'POST', path, { ops: [add] })).toEqual(done())
    const { body } = await ask(host, 'GET', path)
    const { version, bridges } = body as { version: string; bridges: { name: string; ports: { name: string }[] }[] }
    const ports = bridges.find(({ name }) => name === 'xenbr0')?.ports
    expect(ports).toContainEqual(expect.objectContaining({ name: 't', options: { remote_ip: '198.18.0.12' } }))
    expect(await ask(host, 'GET', `${path}?after=${version}&timeout_ms=0`)).toEqual(done(body))
    expect(await ask(host, 'GET', `${path}?after=x&timeout_ms=later`)).toEqual(refused('timeout_ms goes from 0'))
    expect(await ask(host, 'POST', path, { ops: [{ op: 'drop' }] })).toEqual(refused('ops'))
    expect(await ask(host, 'GET', '/fake/hosts/host9/switch')).toEqual(refused('no host is called "host9"'))
  })

  it('does not close the last way into a pool', async () => {
    await using host = await start()
    const last = refused('host1 is the coordinator, and the pool listens nowhere else')
    expect(await ask(host, 'POST', '/fake/hosts/host1/stop')).toEqual(last)
    const dies = { name: 'host-dies', parameters: { host: 'host1' } }
    expect(await ask(host, 'POST', '/fake/scenarios', dies)).toEqual(last)
    await using many = await start({ members: true })
    expect(await ask({ ...many, url: many.hosts.get('host2').url }, 'POST', '/fake/hosts/host1/stop')).toEqual(done())
  })

  it('leaves who waits for events without an answer when the pool ends', async () => {
    const host = await start()
    const session = /OpaqueRef:[-0-9a-f]+/.exec(await xml(host, 'session.login_with_password', 'root', 'pw'))?.[0] ?? ''
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'event.from', params: [session, ['*'], '', 60] })
    const first = await fetch(`${host.url}/jsonrpc`, { method: 'POST', body })
    const { result } = (await first.json()) as { result: { token: string } }
    const later = body.replace(',"",', `,"${result.token}",`)
    const waiting = fetch(`${host.url}/jsonrpc`, { method: 'POST', body: later })
    const outcome = waiting
      .then(response => response.text())
      .then(
        text => text,
        () => 'no answer',
      )
    await expect.poll(() => host.calls.length + 1).toBeGreaterThan(2)
    await host.stop()
    expect(await outcome).toBe('no answer')
  })

  it('says in one line, and without a stack, what a daemon does not do', async () => {
    await using host = await start()
    const { control } = host
    const failing = {
      ...control,
      bridges: () => Promise.reject(new DaemonError('no bridge\nat all')),
    }
    const head = parseHead('GET /fake/bridges HTTP/1.1')
    if (!head) throw new Error('that is a request')
    const request = { ...head, body: Buffer.alloc(0), peer: '127.0.0.1', signal: new AbortController().signal }
    const { status, body } = await controlResponse({ control: failing, calls: [] }, request)
    expect({ status, body: JSON.parse(String(body)) }).toEqual({ status: 400, body: { error: 'no bridge' } })
  })

  it('lends a lease to one program at a time', async () => {
    await using host = await start()
    const ask1 = { name: 'controller', owner: 'a', lease_ms: 1000 }
    expect(await ask(host, 'POST', '/fake/lease', ask1)).toEqual(done({ owner: 'a' }))
    expect(await ask(host, 'POST', '/fake/lease', { ...ask1, owner: 'b' })).toEqual(done({ owner: 'a' }))
    expect(await ask(host, 'DELETE', '/fake/lease', { name: 'controller', owner: 'a' })).toEqual(done())
    expect(await ask(host, 'POST', '/fake/lease', { ...ask1, owner: 'b' })).toEqual(done({ owner: 'b' }))
  })

  it('writes, adds and removes objects', async () => {
    await using host = await start()
    const [pif = ''] = host.db.refs('PIF')
    const body = '{"class":"PIF","ref":"REF","fields":{"managed":false,"other_config":{"b":"1","100":"2"}}}'
    expect(await ask(host, 'POST', '/fake/records', body.replace('REF', pif))).toEqual(done())
    expect(host.db.get('PIF', pif, 'managed')).toBe(false)
    expect([...host.db.get('PIF', pif, 'other_config').keys()]).toEqual(['b', '100'])
    const added = await ask(host, 'POST', '/fake/objects', { class: 'network', fields: { name_label: 'n' } })
    const { ref } = added.body as { ref: string }
    expect(host.db.get('network', ref, 'name_label')).toBe('n')
    expect(await ask(host, 'DELETE', '/fake/objects', { class: 'network', ref })).toEqual(done())
    expect(await ask(host, 'DELETE', '/fake/objects', { class: 'network', ref })).toEqual(
      refused(`there is no network ${ref}`),
    )
  })

  it('makes the networking daemon fail', async () => {
    await using host = await start()
    const fail = { call: 'Bridge.make_config', kind: 'script' }
    expect(await ask(host, 'POST', '/fake/network', { fail })).toEqual(done())
    expect(await ask(host, 'POST', '/fake/network', { fail: null })).toEqual(done())
    expect(await ask(host, 'POST', '/fake/network', { delay_ms: 5 })).toEqual(done())
  })

  it('gives a session of a role', async () => {
    await using host = await start()
    const { body } = await ask(host, 'POST', '/fake/session', { role: 'vm-admin' })
    const { session } = body as { session: string }
    expect(await xml(host, 'VM.get_all', session)).toContain('Success')
    expect(await xml(host, 'tunnel.destroy', session, 'OpaqueRef:NULL')).toContain('RBAC_PERMISSION_DENIED')
  })

  it('sets, adds, shows and removes faults', async () => {
    await using host = await start({ faults: [{ method: 'VM.start', error: ['A'] }] })
    const one = { method: 'PIF.get_all', error: ['B'], max: 2 }
    const two = { http: 503, skip: 1 }
    const listed = (...rules: readonly object[]) =>
      done({ faults: rules.map(rule => ({ matched: 0, acted: 0, ...rule })) })
    expect(await ask(host, 'GET', '/fake/faults')).toEqual(listed({ method: 'VM.start', error: ['A'] }))
    expect(await ask(host, 'PUT', '/fake/faults', [one])).toEqual(listed(one))
    expect(await ask(host, 'POST', '/fake/faults', two)).toEqual(listed(one, two))
    expect(await ask(host, 'POST', '/fake/faults', [two])).toEqual(listed(one, two, two))
    await xml(host, 'PIF.get_all', 'OpaqueRef:x')
    expect(await ask(host, 'GET', '/fake/faults')).toEqual(listed({ ...one, matched: 1, acted: 1 }, two, two))
    expect(await ask(host, 'POST', '/fake/faults', { ...two, when: 'now' })).toEqual(
      refused('the body: there is no "when"'),
    )
    expect(await ask(host, 'PUT', '/fake/faults')).toEqual(refused('the body: a value of type object is needed'))
    expect(await ask(host, 'DELETE', '/fake/faults')).toEqual(done({ faults: [] }))
    expect(await xml(host, 'PIF.get_all', 'OpaqueRef:x')).toContain('SESSION_INVALID')
  })

  it('shows calls and forgets them, without counting itself', async () => {
    await using host = await start()
    await xml(host, 'session.login_with_password', 'root', 'pw')
    const { body } = await ask(host, 'GET', '/fake/calls')
    expect(body).toEqual({
      calls: [
        {
          time: '2024-01-02T00:00:00.000Z',
          ms: expect.any(Number),
          method: 'session.login_with_password',
          params: ['(secret)', '(secret)'],
        },
      ],
    })
    expect(await ask(host, 'DELETE', '/fake/calls')).toEqual(done())
    expect(await ask(host, 'GET', '/fake/calls')).toEqual(done({ calls: [] }))
  })

  it('sets the clock', async () => {
    await using host = await start()
    expect(await ask(host, 'GET', '/fake/clock')).toEqual(done({ now: '20240102T00:00:00Z', held: false }))
    const clock = (body: object) => ask(host, 'POST', '/fake/clock', body)
    expect(await clock({ advance_ms: 61_000 })).toEqual(done({ now: '20240102T00:01:01Z', held: false }))
    expect(await clock({ set: '20300101T00:00:00Z', held: true })).toEqual(
      done({ now: '20300101T00:00:00Z', held: true }),
    )
    expect(await clock({ set: '2031-01-01T00:00:00Z' })).toEqual(done({ now: '20310101T00:00:00Z', held: true }))
    expect(await clock({ set: 1000, held: false })).toEqual(done({ now: '19700101T00:00:01Z', held: false }))
    expect(await clock({ set: 'noon' })).toEqual(refused('"noon" is not a date'))
    expect(await clock({ advance_ms: 9e15 })).toEqual(refused('no date'))
    expect(host.control.clock.now()).toBe(1000)
  })

  it('tells the state, the coverage and numbers', async () => {
    await using host = await start()
    const state = await ask(host, 'GET', '/fake/state')
    expect(state.body).toMatchObject({ format: 'xe-tunnel-snapshot/1', seed: expect.any(Number) })
    await using copy = await startFakeHost({ snapshot: state.body as object, listen: false })
    expect(copy.db.refs('PIF')).toEqual(host.db.refs('PIF'))
    const coverage = await ask(host, 'GET', '/fake/coverage')
    expect(coverage.body).toMatchObject({
      counts: { implemented: expect.any(Number), generated: expect.any(Number), removed: 96 },
      messages: { 'tunnel.create': 'implemented' },
    })
    const metrics = await ask(host, 'GET', '/fake/metrics')
    expect(metrics.body).toMatchObject({ calls: {}, errors: {}, objects: { PIF: 8, host: 2 } })
  })

  it('seeds, collects and resets', async () => {
    await using host = await start()
    const before = host.db.refs('network')
    expect(await ask(host, 'POST', '/fake/seed', { seed: 5 })).toEqual(done())
    expect(host.pool.random.seed).toBe(5)
    expect(await ask(host, 'POST', '/fake/seed', { seed: 'x' })).toEqual(refused('seed: '))
    await host.control.addObject('network')
    expect(await ask(host, 'POST', '/fake/collect')).toEqual(done())
    expect(await ask(host, 'POST', '/fake/reset')).toEqual(done())
    expect(host.db.refs('network')).toEqual(before)
  })

  it('stops and starts a host', async () => {
    await using host = await start()
    host.db.set('host', host.hosts.get('host2').ref, 'name_label', 'a/b c')
    expect(await ask(host, 'POST', '/fake/hosts/a%2Fb%20c/stop')).toEqual(done())
    expect(host.hosts.get('a/b c').running).toBe(false)
    expect(await ask(host, 'POST', '/fake/hosts/a%2Fb%20c/start')).toEqual(done())
    expect(host.hosts.get('a/b c').running).toBe(true)
    expect(await ask(host, 'POST', '/fake/hosts/host9/stop')).toEqual(refused('no host is called "host9"'))
    expect(await ask(host, 'POST', '/fake/hosts/host1/explode')).toEqual(refused('there is no', 404))
  })

  it.each([
    ['{', 'the body is not JSON (line 1, column 2: the text ends too early)'],
    ['', 'the body: a JSON object is needed'],
    ['[]', 'the body: a JSON object is needed'],
    ['{"class":"PIF","ref":"x"}', 'the body: fields: '],
    ['{"class":"PIF","ref":"x","fields":[]}', 'the body: fields: '],
    ['{"class":"PIF","ref":"","fields":{}}', 'the body: ref: it is empty'],
    ['{"class":"PIF","ref":"x","fields":{},"force":true}', 'the body: there is no "force"'],
    ['{"class":"PIF","ref":"x","fields":{}}', 'there is no PIF x'],
  ])('says what is wrong with %s', async (body, problem) => {
    await using host = await start()
    expect(await ask(host, 'POST', '/fake/records', body)).toEqual(refused(problem))
  })
})

/** A request with headers that fetch would not send. */
async function raw(url: string, headers: Readonly<Record<string, string>>, path = '/fake/state') {
  const sent = request(`${url}${path}`, { headers })
  sent.end()
  const [response] = (await new Promise((resolve, reject) => {
    sent.on('response', answer => resolve([answer])).on('error', reject)
  })) as [IncomingMessage]
  return { status: response.statusCode, body: await json(response) }
}

describe('control over HTTP is refused', () => {
  const forbidden = (error: string) => ({ status: 403, body: { error } })

  it('to pages in a browser', async () => {
    await using host = await start()
    expect(await raw(host.url, { Origin: 'http://127.0.0.1' })).toEqual(
      forbidden('requests with an Origin are refused'),
    )
    expect(await raw(host.url, { Origin: 'null' })).toMatchObject({ status: 403 })
    expect(await raw(host.url, { Host: 'attacker.example' })).toEqual(
      forbidden('the host has to be named by its address, or localhost'),
    )
    for (const name of ['localhost', `localhost:${host.port}`, '127.0.0.1', '[::1]:80']) {
      expect(await raw(host.url, { Host: name })).toMatchObject({ status: 200 })
    }
  })

  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find(address => address && !address.internal && address.family === 'IPv4')

  it.skipIf(!elsewhere)('to other machines, which may still make calls', async () => {
    await using host = await start({ listen: '0.0.0.0:0' })
    const url = `http://${elsewhere?.address}:${host.port}`
    expect(await raw(url, {})).toEqual(forbidden('only requests from this machine are taken'))
    const response = await fetch(url, { method: 'POST', body: xmlCall('system.isAlive:x', 'x') })
    expect(response.status).toBe(200)
  })

  it('not over a unix socket', async () => {
    const path = join(await newFolder(), 'socket')
    await using _ = await start({ listen: `unix:${path}` })
    const sent = request({ socketPath: path, path: '/fake/clock' })
    sent.end()
    const answer = await new Promise<string>((resolve, reject) => {
      sent.on('response', response => resolve(text(response))).on('error', reject)
    })
    expect(answer).toContain('"now"')
  })
})
