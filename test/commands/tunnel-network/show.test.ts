import { spawnSync } from 'node:child_process'
import { SaxesParser } from 'saxes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Interruption } from '../../../src/cli/environment.ts'
import { promised, type Spanned, spanned } from './spanned.ts'

let pool: Spanned
let uuid: string
beforeEach(async () => {
  pool = await spanned({ hosts: 4 })
  uuid = (
    await pool.xe('tunnel-network-create', 'name-label=red', 'pif-device=eth1', 'hosts=host1,host2,host3')
  ).stdout.trim()
})
afterEach(() => pool[Symbol.asyncDispose]())

const tunnelOf = (host: string) => pool.db.get('PIF', pool.pif(host, 'tunnel0'), 'tunnel_access_PIF_of')[0] ?? ''
const status = (host: string, ...entries: [string, string][]) =>
  pool.db.set('tunnel', tunnelOf(host), 'status', new Map(entries))

/** What a controller would have written. */
function controlled(): void {
  status('host1', ['active', 'true'], ['key', '5'])
  status('host2', ['active', 'false'], ['key', '4'])
  status('host3', ['active', 'false'], ['error', 'PEER_DOWN'])
}

const prints = async (...words: string[]) => {
  const { stdout, ...rest } = await pool.xe(...words)
  expect(rest).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('tunnel-network-list', () => {
  const field = async (name: string) =>
    (await prints('tunnel-network-list', `params=${name}`)).trim().replace(/^[^:]*: ?/, '')

  it('shows each network that has tunnels, with its hosts, transports, key and state', async () => {
    controlled()
    expect(await prints('tunnel-network-list')).toBe(
      [
        `uuid ( RO)          : ${uuid}`,
        '    name-label ( RO): red',
        '      protocol (SRO): gre',
        '           key (SRO): 5',
        '         state ( RO): broken',
        '         hosts (SRO): host1; host2; host3',
        '    transports (MRO): host1: eth1 198.19.0.11; host2: eth1 198.19.0.12; host3: eth1 198.19.0.13',
        '         links (MRO): host1: up; host2: down; host3: PEER_DOWN',
        '',
        '',
        '',
      ].join('\n'),
    )
  })

  it('prints nothing where there is none, and uuids with --minimal', async () => {
    expect(await prints('tunnel-network-list', '--minimal')).toBe(`${uuid}\n`)
    await pool.xe('tunnel-network-destroy', 'name-label=red')
    expect(await prints('tunnel-network-list')).toBe('')
  })

  it('filters as every list does', async () => {
    controlled()
    await pool.xe('tunnel-network-create', 'name-label=blue', 'pif-device=eth0', 'hosts=host4', 'protocol=vxlan')
    const names = (...words: string[]) => prints('tunnel-network-list', 'params=name-label', '--minimal', ...words)
    expect(await names('protocol=vxlan')).toBe('blue\n')
    expect(await names('hosts:contains=host2')).toBe('red\n')
    expect(await names('state=broken')).toBe('red\n')
    expect(await names('links:host4=down')).toBe('blue\n')
    expect((await pool.xe('tunnel-network-list', 'nonsense=1')).stderr).toBe("Error: Unknown field 'nonsense'\n")
  })

  it('is up, partly up or down as its links are, and broken where one of them is', async () => {
    expect(await field('state')).toBe('down')
    status('host1', ['active', 'true'], ['key', '5'])
    expect(await field('state')).toBe('partly')
    for (const host of ['host2', 'host3']) status(host, ['active', 'true'], ['key', '5'])
    expect(await field('state')).toBe('up')
    expect(await field('key')).toBe('5')
    status('host2', ['active', 'true'], ['key', '5'], ['error', 'left over from before'])
    expect(await field('state')).toBe('up')
    status('host3', ['active', 'false'], ['error', 'HOST_DEAD'])
    expect(await field('state')).toBe('broken')
  })

  it('lists hosts of one name apart, and host2 before host10', async () => {
    pool.db.set('host', pool.host('host1'), 'name_label', 'host10')
    expect(await field('hosts')).toBe('host2; host3; host10')
    pool.db.set('host', pool.host('host3'), 'name_label', 'host2')
    expect(await field('hosts')).toMatch(/^host2 \([0-9a-f-]{36}\); host2 \([0-9a-f-]{36}\); host10$/)
  })

  it('takes one call a class at any size', async () => {
    pool.fake.control.forgetCalls()
    await prints('tunnel-network-list', 'params=all')
    const reads = pool.fake.calls.map(call => call.method).filter(method => !method.startsWith('session.'))
    expect(reads.sort()).toEqual(
      ['PIF', 'host', 'host_metrics', 'network', 'tunnel'].map(cls => `${cls}.get_all_records`),
    )
  })
})

describe('tunnel-network-show', () => {
  const show = () => prints('tunnel-network-show', 'name-label=red')

  it('draws hosts, bridges, PIFs and links', async () => {
    controlled()
    expect(await show()).toBe(
      [
        'red',
        `uuid ${uuid}`,
        'gre, key 5, MTU 1458, bridge xapi0; 1 of 3 links up, 1 broken',
        '',
        '  host1     [xapi0]--[eth1 198.19.0.11]=====+  up',
        '  host2     [xapi0]--[eth1 198.19.0.12]. . .+  down',
        '  host3     [xapi0]--[eth1 198.19.0.13]==x  +  broken: PEER_DOWN',
        '  host4     no tunnel',
        '',
        '  =====+ up   . . .+ down   ==x  + broken',
        '',
      ].join('\n'),
    )
  })

  it('tells of bridges that are not there and of hosts that are not live', async () => {
    await pool.xe('pif-unplug', `uuid=${pool.uuid('host2', 'tunnel0')}`)
    pool.db.set('host_metrics', pool.db.get('host', pool.host('host3'), 'metrics'), 'live', false)
    const text = await show()
    expect(text).toContain('  host2     (xapi0)--[eth1 198.19.0.12]. . .+  down (unplugged)\n')
    expect(text).toContain('  host3     [xapi0]--[eth1 198.19.0.13]. . .+  down (host is not live)\n')
    expect(text).toContain('(bridge) unplugged\n')
  })

  it('fits 80 columns whatever things are called', async () => {
    const { db } = pool
    db.set('host', pool.host('host1'), 'name_label', '東京の長い名前のホスト'.repeat(5))
    status('host2', ['active', 'false'], ['error', `no route ${'to somewhere '.repeat(20)}${'x'.repeat(200)}`])
    db.set('network', db.get('PIF', pool.pif('host2', 'tunnel0'), 'network'), 'name_label', '\u001b[31m'.repeat(60))
    const lines = (await prints('tunnel-network-show', `uuid=${uuid}`)).split('\n')
    const wide = (line: string) => [...line].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2fff ? 2 : 1), 0)
    expect(Math.max(...lines.map(wide))).toBe(80)
    expect(lines.join('\n')).not.toMatch(/\p{Cc}(?<!\n)/u)
    expect(lines.join('')).toContain('host2: no route to somewhere')
  })

  it('prints the uuid with --minimal, and knows only networks with tunnels', async () => {
    expect(await prints('tunnel-network-show', 'name-label=red', '--minimal')).toBe(`${uuid}\n`)
    expect((await pool.xe('tunnel-network-show', 'name-label=blue')).stderr).toBe('Error: no network is called blue\n')
    await pool.xe('network-create', 'name-label=blue')
    expect((await pool.xe('tunnel-network-show', 'name-label=blue')).stderr).toMatch(
      /^Error: blue \(.*\) has no tunnels/,
    )
  })
})

describe('tunnel-network-show as data', () => {
  it('is one record, each link of which is data of its own', async () => {
    controlled()
    const { records } = promised(await prints('tunnel-network-show', 'name-label=red', '--output=json'))
    expect(records).toEqual([
      {
        uuid,
        'name-label': 'red',
        'name-description': '',
        bridge: 'xapi0',
        MTU: 1458,
        protocol: ['gre'],
        key: ['5'],
        state: 'broken',
        links: ['host1', 'host2', 'host3'].map((name, at) => ({
          host: { uuid: pool.db.get('host', pool.host(name), 'uuid'), 'name-label': name },
          live: true,
          tunnel: pool.db.get('tunnel', tunnelOf(name), 'uuid'),
          protocol: 'gre',
          'access-PIF': { uuid: pool.uuid(name, 'tunnel0'), device: 'tunnel0', 'currently-attached': true },
          'transport-PIF': { uuid: pool.uuid(name, 'eth1'), device: 'eth1', VLAN: -1, IP: `198.19.0.1${at + 1}` },
          state: ['up', 'down', 'broken'][at],
          error: [null, null, 'PEER_DOWN'][at],
        })),
        without: [{ uuid: pool.db.get('host', pool.host('host4'), 'uuid'), 'name-label': 'host4' }],
      },
    ])
  })

  it('has numbers, sets and maps in the list too', async () => {
    const { records } = promised(await prints('tunnel-network-list', '--output=json', 'params=MTU,hosts,links'))
    const down = { host1: 'down', host2: 'down', host3: 'down' }
    expect(records).toEqual([{ MTU: 1458, hosts: ['host1', 'host2', 'host3'], links: down }])
  })
})

it('a list and a picture can be followed', async () => {
  const user = new AbortController()
  const lines: string[] = []
  const stdout = {
    isTTY: false,
    write(text: string) {
      lines.push(...text.split('\n').filter(Boolean))
      if (lines.length === 1) status('host1', ['active', 'true'], ['key', '5'])
      else user.abort(new Interruption('SIGINT'))
    },
  }
  const surroundings = { stdout, signal: user.signal }
  const words = ['tunnel-network-show', 'name-label=red', '--watch', '--output=json']
  expect(await pool.xeIn(surroundings, ...words)).toMatchObject({ status: 130, stderr: '' })
  const [before, after] = lines.map(line => promised(line))
  expect(before).toMatchObject({ operation: 'add', record: { uuid, state: 'down' } })
  expect(after).toMatchObject({ operation: 'mod', record: { uuid, state: 'partly', key: ['5'] } })
})

/** Names that would break out of any quotes. */
const HOSTILE = 'a"b\\c<d>&\'e\n\u0000\u001b]]>\ud800{}--;\\'

describe('a drawing', () => {
  async function drawing(form: string) {
    controlled()
    const { db } = pool
    db.set('network', db.get('PIF', pool.pif('host2', 'tunnel0'), 'network'), 'name_label', HOSTILE)
    status('host2', ['active', 'false'], ['error', HOSTILE])
    await pool.xe('pif-unplug', `uuid=${pool.uuid('host1', 'tunnel0')}`)
    for (const host of ['host1', 'host4']) db.set('host', pool.host(host), 'name_label', HOSTILE)
    return prints('tunnel-network-show', `uuid=${uuid}`, `--output=${form}`)
  }

  it('as SVG is well-formed XML whatever things are called, and says the states in words', async () => {
    const texts: string[] = []
    const parser = new SaxesParser({ xmlns: true })
    parser.on('error', error => {
      throw error
    })
    parser.on('text', text => texts.push(text.trim()))
    parser.write(await drawing('svg')).close()
    expect(texts).toContain('up (unplugged)')
    expect(texts).toContain('broken: PEER_DOWN')
    expect(texts.filter(text => text.startsWith('a"b\\c<d>&')).length).toBeGreaterThan(2)
    expect(texts).toContain('eth1 198.19.0.11')
  })

  it('as dot is one graph with a string for each name, whatever it is', async () => {
    const graph = await drawing('dot')
    // Strings out of the way, what is left is words and signs of the language alone.
    const bare = graph.replace(/"(?:[^"\\]|\\.)*"/gs, 'S')
    expect(bare).not.toMatch(/["\\]/)
    expect(bare.match(/[{}]/g)?.join('')).toMatch(/^\{(\{\})*\}$/)
    expect(bare.match(/^ {2}pif_\d -- links \[label=S, style=\w+, color=S, fontcolor=S\];$/gm)).toHaveLength(3)
    expect(graph).toContain('\\"b\\\\c<d>')
  })

  const hasGraphviz = spawnSync('dot', ['-V']).status === 0

  it.skipIf(!hasGraphviz)('as dot is drawn by Graphviz without a complaint', async () => {
    const { status, stdout, stderr } = spawnSync('dot', ['-Tplain'], { input: await drawing('dot'), encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.match(/^node (bridge|pif)_\d /gm)).toHaveLength(6)
    expect(stdout.match(/^edge pif_\d links /gm)).toHaveLength(3)
  })
})
