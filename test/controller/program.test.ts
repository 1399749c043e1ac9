import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Dataplane, DataplaneEvents } from '../../src/controller/dataplane/dataplane.ts'
import { controllerProgram } from '../../src/controller/program.ts'
import { connect, type Session } from '../../src/xapi/index.ts'
import { eventually, type Pool, startPool } from './running.ts'
import { realTime, startController } from './start.ts'

let pool: Pool
let session: Session

beforeEach(async () => {
  pool = await startPool()
  const { host, port, username, password } = pool.fake
  session = await connect({ host, port, tls: false, username, password })
})
afterEach(async () => {
  await session.logout()
  await pool[Symbol.asyncDispose]()
})

/** Runs a command of the controller; `stop` ends it, and its output is there while it runs. */
function start(name: 'controller-run' | 'controller-plan' | 'controller-status', ...words: readonly string[]) {
  const stopping = new AbortController()
  const output = { out: '', err: '' }
  const parameters = words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const)
  const ended = controllerProgram(
    { name, parameters },
    {
      session,
      stdout: {
        write(text) {
          output.out += text
        },
      },
      stderr: {
        write(text) {
          output.err += text
        },
      },
      signal: stopping.signal,
      variables: { XE_TUNNEL_FAKE_URL: pool.fake.url },
      readFile: path => readFileSync(path, 'utf8'),
      now: Date.now,
      scheduler: realTime,
      random: Math.random,
    },
  )
  return { output, ended, stop: () => stopping.abort() }
}

/** A controller on the pool with a dataplane of one's own, until the scope ends. */
async function control(dataplane: (events: DataplaneEvents) => Dataplane) {
  const { host, port, username, password } = pool.fake
  const running = await startController({
    sessions: [await connect({ host, port, tls: false, username, password })],
    dataplane,
  })
  return { lines: running.lines, [Symbol.asyncDispose]: () => running.stop() }
}

describe('the commands of the controller', () => {
  it('controller-plan tells what would be done and why, and does none of it', async () => {
    const span = await pool.span('red')
    const { output, ended } = start('controller-plan', 'dataplane=fake')
    expect(await ended).toBe(0)
    expect(output.err).toBe('')
    expect(output.out).toMatch(/^red \([\da-f-]+\): star, key \d+\n {2}the centre is host\d: it is the most eligible\n/)
    expect(output.out.match(/would add the port/g)).toHaveLength(4)
    for (const tunnel of span.tunnels) {
      expect(Object.fromEntries(await session.tunnel.get_status(tunnel))).toEqual({ active: 'false' })
    }
  })

  it('controller-run works until it is stopped, controller-status shows how it stands, and then there is nothing to plan', async () => {
    const run = start('controller-run', 'dataplane=fake', 'log=json', 'keys=7-7')
    await pool.span('red')
    await eventually(() => expect(run.output.out.match(/tunnel is active/g)).toHaveLength(3))
    for (const line of run.output.out.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ time: expect.anything(), level: 'info', message: expect.anything() })
    }
    const status = start('controller-status', 'dataplane=fake', 'keys=7-7')
    expect(await status.ended).toBe(0)
    expect(status.output.out).toMatch(/star, centre host\d, key 7\n( {2}link host\d - host\d: gre, up\n){2}/)
    expect(status.output.out.match(/tunnel of host\d: active, MTU_TOO_LARGE, for \d+ s/g)).toHaveLength(3)
    run.stop()
    expect(await run.ended).toBe(0)
    const plan = start('controller-plan', 'dataplane=fake', 'keys=7-7')
    await plan.ended
    expect(plan.output.out).toContain('  nothing to do\n')
  })

  it.each([
    ['pssl:6640', 'ovsdb=pssl:6640 needs ovsdb-key=, ovsdb-cert= and ovsdb-ca='],
    ['punix:/no/such/folder/x.sock', 'ovsdb=punix:/no/such/folder/x.sock: '],
  ])('controller-run cannot listen for switches at %s, and says why in one line', async (address, reason) => {
    const { output, ended } = start('controller-run', `ovsdb=${address}`)
    expect(await ended).toBe(1)
    expect(output.err).toMatch(/^controller-run: .*\n$/)
    expect(output.err).toContain(reason)
  })

  it('warns of a switch that does not answer once for each reason, not at each try, and again after it has answered', async () => {
    const [host = ''] = [...(await session.host.get_all_records()).values()].map(({ uuid }) => uuid)
    const told: DataplaneEvents[] = []
    await using running = await control(events => {
      told.push(events)
      return {
        look: async () => {},
        apply: async () => {},
        probe() {},
        resync() {},
        [Symbol.asyncDispose]: async () => {},
      }
    })
    const answers = { connected: true, follows: true, canProtect: true, bridges: new Set<string>() }
    for (const events of told) {
      for (const reason of ['refused', 'refused', 'silent', 'silent']) events.onTrouble(host, reason)
      events.onSwitch(host, { ...answers, own: new Map(), foreign: [] })
      events.onTrouble(host, 'silent')
    }
    expect(running.lines.flatMap(line => line.match(/\w+ +a switch .*/) ?? [])).toEqual([
      expect.stringMatching(/^warn {2}a switch does not answer host=\S+ reason=refused$/),
      expect.stringMatching(/^warn {2}a switch does not answer host=\S+ reason=silent$/),
      expect.stringMatching(/^info {2}a switch answers again host=\S+$/),
      expect.stringMatching(/^warn {2}a switch does not answer host=\S+ reason=silent$/),
    ])
  })

  it('controller-run says which switches do not answer', async () => {
    await pool.span('red')
    const run = start('controller-run', 'ovsdb=unix:/no/such/folder/%n.sock')
    for (const host of ['host1', 'host2', 'host3']) {
      await eventually(() =>
        expect(run.output.out).toContain(`a switch does not answer host=${host} reason="unix:/no/`),
      )
    }
    run.stop()
    expect(await run.ended).toBe(0)
  })

  it('controller-plan says which tunnels stay inactive since switches do not answer, and why these do not', async () => {
    await pool.span('red')
    const { output, ended } = start('controller-plan', 'ovsdb=unix:/no/such/folder/%n.sock')
    expect(await ended).toBe(0)
    expect(output.out.match(/would call the tunnel of host\d inactive, OVSDB_UNREACHABLE\n/g)).toHaveLength(3)
    expect(output.out).not.toContain('nothing to do')
    expect(output.err.match(/a switch does not answer host=host\d reason="unix:.+"\n/g)).toHaveLength(3)
  })

  it('controller-run says at its start that another controller leads', async () => {
    const first = start('controller-run', 'dataplane=fake')
    await eventually(() => expect(first.output.out).toContain('this controller leads\n'))
    expect(first.output.out).not.toContain('another controller leads')
    const second = start('controller-run', 'dataplane=fake')
    await eventually(() => expect(second.output.out).toContain('another controller leads\n'))
    first.stop()
    await eventually(() => expect(second.output.out).toContain('this controller leads\n'))
    second.stop()
    expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0])
  })

  it('controller-status watch=true goes on until it is stopped', async () => {
    const status = start('controller-status', 'dataplane=fake', 'watch=true')
    await eventually(() => expect(status.output.out).toBe('There are no tunnels.\n'))
    status.stop()
    expect(await status.ended).toBe(0)
  })

  it('listen=HOST:PORT serves health, numbers and the status', async () => {
    const run = start('controller-run', 'dataplane=fake', 'listen=127.0.0.1:0', 'verbose=true')
    await eventually(() => expect(run.output.out).toMatch(/listening/))
    const [, url] = /url=(\S+)/.exec(run.output.out) ?? []
    const get = async (path: string) => (await fetch(`${url}${path}`)).text()
    await pool.span('red')
    await eventually(async () => expect(await get('/metrics')).toContain('xe_tunnel_controller_tunnels_active 3\n'))
    const metrics = await get('/metrics')
    expect(metrics).toContain('# TYPE xe_tunnel_controller_links_up gauge\n')
    expect(metrics).toContain('# TYPE xe_tunnel_controller_changes_total counter\n')
    const numbers = [...metrics.matchAll(/^xe_tunnel_controller_(\w+) (\S+)$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ])
    expect(numbers).toHaveLength(12)
    expect(Object.fromEntries(numbers)).toMatchObject({
      leads: 1,
      networks: 1,
      links: 2,
      links_up: 2,
      tunnels_failed: 0,
      failures_total: 0,
      elections_total: 0,
    })
    const total = async () => /^xe_tunnel_controller_changes_total (\d+)$/m.exec(await get('/metrics'))?.[1]
    expect(await total()).toBe(await total())
    expect(await get('/healthz')).toBe('leading\n')
    expect(await get('/status')).toContain('centre host')
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
    run.stop()
    expect(await run.ended).toBe(0)
  })

  it.each([
    [[], 'where are the switches? dataplane=fake or ovsdb=ADDRESS is needed'],
    [['dataplane=ovsdb'], 'dataplane=ovsdb needs ovsdb=ADDRESS'],
    [['dataplane=fake', 'keys=0-5'], 'keys=0-5: FIRST-LAST is needed, from 1 to 4294967295'],
    [['dataplane=fake', 'keys=9-5'], 'keys=9-5: FIRST-LAST is needed, from 1 to 4294967295'],
    [['dataplane=fake', 'topology=ring'], 'topology=ring: star or mesh is needed'],
    [['dataplane=fake', 'colour=blue'], 'there is no parameter "colour"; there are '],
    [['dataplane=fake', 'fake=nowhere'], 'dataplane=fake needs fake=URL of a fake host, or XE_TUNNEL_FAKE_URL'],
    [['dataplane=fake', 'bfd=1'], 'bfd=1: an integer from 50 to 60000 is needed'],
    [['dataplane=fake', 'listen=here'], 'listen=here: HOST:PORT is needed'],
    [['ovsdb=tcp:%h:6640', 'ovsdb-key=/nowhere/key.pem'], '/nowhere/key.pem cannot be read'],
    [['ovsdb=foo'], 'ovsdb=foo: tcp:HOST:PORT, ssl:HOST:PORT or unix:PATH is needed'],
    [['ovsdb=tcp:%h:99999'], 'ovsdb=tcp:%h:99999: tcp:HOST:PORT'],
    [['ovsdb=ssl:%h:6640'], 'ovsdb=ssl:%h:6640 needs ovsdb-ca= or ovsdb-fingerprint=, to know the hosts by'],
    [['ovsdb=ssl:%h:6640', 'ovsdb-fingerprint=aa', 'ovsdb-key=/dev/null'], 'ovsdb-key= and ovsdb-cert= go together'],
    [['dataplane=fake', 'debug=true'], 'there is no parameter "debug"; there are '],
    [['ovsdb=pssl'], 'ovsdb=pssl: the pool has no SDN controller with the protocol pssl'],
  ])('%j: %s', async (words, message) => {
    const { output, ended } = start('controller-run', ...words)
    expect(await ended).toBe(1)
    expect(output.err).toContain(`controller-run: ${message}`)
    expect(output.err.trim().split('\n')).toHaveLength(1)
  })
})
