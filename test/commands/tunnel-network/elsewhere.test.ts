import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serveClient } from '../../../src/cli/index.ts'
import { olderHost, RELEASES } from '../older-host.ts'
import { recordsOf, runCommand } from '../run.ts'
import { remains, type Spanned, spanned } from './spanned.ts'

describe('an xe client', () => {
  let pool: Spanned
  beforeEach(async () => {
    pool = await spanned()
  })
  afterEach(() => pool[Symbol.asyncDispose]())

  /** What a client of the command line protocol is told, which is gone once a message comes that fits. */
  async function xe(words: readonly string[], isLast = (_: string) => false) {
    const { dispatch, username, password } = pool.fake
    const gone = new AbortController()
    const told = { out: [] as string[], err: [] as string[] }
    const status = await serveClient(
      {
        sent: [...words, `username=${username}`, `password=${password}`].join('\n'),
        call(method, params) {
          if (isLast(method)) gone.abort(new Error('the client is gone'))
          return dispatch({ method, params, origin: 'memory' })
        },
        random: length => new Uint8Array(length),
        signal: gone.signal,
      },
      {
        print: line => void told.out.push(line),
        printStderr: text => void told.err.push(text),
        error: code => void told.err.push(code),
      },
    )
    return { status, ...told }
  }

  it('makes a tunnel network on a fake host, and sees its picture', async () => {
    const made = await xe(['tunnel-network-create', 'name-label=red', 'pif-device=eth1', 'mtu=1500'])
    expect(made).toMatchObject({ status: 0, out: [expect.stringMatching(/^[0-9a-f-]{36}$/)] })
    expect(made.err).toHaveLength(3)
    const { out } = await xe(['tunnel-network-show', 'name-label=red'])
    expect(out[0]).toBe('red')
    expect(out).toContain('  host2     [xapi0]--[eth1 198.19.0.12]. . .+  down')
  })

  it('that is gone in the middle of it leaves the pool as it was', async () => {
    const before = remains(pool)
    const { status } = await xe(
      ['tunnel-network-create', 'name-label=red', 'pif-device=eth1'],
      method => method === 'tunnel.create',
    )
    expect(status).toBe(1)
    expect(remains(pool)).toEqual(before)
    expect(pool.db.refs('session')).toEqual([])
  })
})

describe.each(RELEASES)('a host of release %s', release => {
  it('gets tunnel networks, which are shown and removed', async () => {
    await using host = await olderHost(release)
    const red = ['name-label', 'red'] as const
    const before = await host.call('PIF.get_all', [''])
    const made = await runCommand(host, 'tunnel-network-create', red, ['pif-device', 'eth1'])
    const [uuid = ''] = made.kind === 'values' ? made.values : []
    const [listed] = recordsOf(await runCommand(host, 'tunnel-network-list', ['params', 'all']))
    expect(listed).toMatchObject({ uuid, protocol: 'gre', hosts: 'host1; host2', MTU: '1458', state: 'down' })
    const shown = await runCommand(host, 'tunnel-network-show', ['uuid', uuid])
    expect(shown).toMatchObject({ picture: expect.arrayContaining([expect.stringContaining('host2')]) })
    await runCommand(host, 'tunnel-network-destroy', red)
    expect(await host.call('PIF.get_all', [''])).toEqual(before)
  })
})
