import { describe, expect, it, test } from 'vitest'
import { Interruption, main } from '../../src/cli/index.ts'
import { type FakeHost, startFakeHost } from '../../src/fake-host/index.ts'
import { connect, memoryTransport, type Session, type Transport } from '../../src/xapi/index.ts'
import { surround } from './terminal.ts'

/** A watch that runs, and the pool that it looks at. */
interface Watched extends AsyncDisposable {
  readonly session: Session
  /** The calls of the watch, its session's and those before left out. */
  readonly calls: string[]
  /** Resolves once so much has been printed that it fits. */
  readonly printed: (wanted: RegExp) => Promise<string>
  readonly stop: () => void
  readonly unread: () => void
  readonly status: Promise<number>
}

async function watching(
  words: readonly string[],
  terminal: { columns?: number; rows?: number; TERM?: string } = {},
): Promise<Watched> {
  const fake: FakeHost = await startFakeHost({ seed: 7, hosts: 1, listen: false, password: 'null' })
  const calls: string[] = []
  const open = (): Transport => memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'memory' }))
  const counting = (): Transport => {
    const transport = open()
    return {
      ...transport,
      call(method, ...rest) {
        calls.push(method)
        return transport.call(method, ...rest)
      },
    }
  }
  const session = await connect({ transport: open(), username: 'root', password: 'null' })
  const [stopping, unread] = [new AbortController(), new AbortController()]
  let text = ''
  let told = () => {}
  const stdout = {
    isTTY: terminal.columns !== undefined,
    ...terminal,
    closed: unread.signal,
    write(more: string) {
      text += more
      told()
    },
  }
  const variables = { HOME: '/', TERM: terminal.TERM ?? 'xterm' }
  const { environment } = surround(words, { open: async () => counting(), stdout, signal: stopping.signal, variables })
  const status = main(environment)
  return {
    session,
    calls,
    status,
    stop: () => stopping.abort(new Interruption('SIGINT')),
    unread: () => unread.abort(),
    async printed(wanted) {
      while (!wanted.test(text)) {
        const more = new Promise<void>(resolve => {
          told = resolve
        })
        await Promise.race([more, status.then(ended => Promise.reject(new Error(`ended with ${ended}: ${text}`)))])
      }
      return text
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(new Interruption('SIGINT'))
      await status
      await session.logout()
      await fake.stop()
    },
  }
}

describe('--watch in a pipe', () => {
  it('prints a line for what is there, and a line for each change that shows', async () => {
    await using watched = await watching(['network-list', '--watch', 'params=name-label,uuid'])
    const { session, printed } = watched
    const before = await printed(/eth3"\n/)
    expect(before).toMatch(/^(add uuid=[\da-f-]{36} name-label="Pool-wide network associated with eth\d"\n){4}$/)
    const ref = await session.network.create({ name_label: 'new one', other_config: new Map() })
    const uuid = await session.network.get_uuid(ref)
    await printed(new RegExp(`add uuid=${uuid} name-label="new one"\n$`))
    await session.network.set_name_description(ref, 'is not shown')
    await session.network.set_name_label(ref, 'renamed')
    await printed(new RegExp(`mod uuid=${uuid} name-label=renamed\n$`))
    await session.network.destroy(ref)
    const all = await printed(new RegExp(`del uuid=${uuid} name-label=renamed\n$`))
    expect(all.trimEnd().split('\n')).toHaveLength(4 + 3)
  })

  it('prints JSON lines with --output=json', async () => {
    await using watched = await watching(['network-list', '--watch', '--output=json', 'bridge=xenbr0'])
    const line = JSON.parse(await watched.printed(/\n/))
    expect(line).toMatchObject({ version: 1, command: 'network-list', kind: 'change', operation: 'add' })
    expect(line.record.bridge).toBe('xenbr0')
  })

  it('follows the objects that are only referred to as well', async () => {
    await using watched = await watching(['pif-list', '--watch', 'params=uuid,network-name-label', 'device=eth0'])
    await watched.printed(/associated with eth0"\n/)
    const [network] = await watched.session.network.get_by_name_label('Pool-wide network associated with eth0')
    await watched.session.network.set_name_label(network ?? '', 'renamed')
    await watched.printed(/mod uuid=[\da-f-]{36} network-name-label=renamed\n$/)
  })

  it('asks for the list when an event has come, and not otherwise', async () => {
    await using watched = await watching(['network-list', '--watch'])
    await watched.printed(/(add .*\n){4}/)
    await watched.session.host.set_name_description((await watched.session.host.get_all())[0] ?? '', 'not watched')
    const ref = await watched.session.network.create({ name_label: 'x', other_config: new Map() })
    await watched.printed(/name-label=x/)
    expect(watched.calls.filter(method => method === 'network.get_all_records_where').length).toBeLessThan(4)
    await watched.session.network.destroy(ref)
  })

  it('ends quietly with SIGINT, and logs out', async () => {
    await using watched = await watching(['network-list', '--watch'])
    await watched.printed(/add/)
    watched.stop()
    expect(await watched.status).toBe(130)
    expect(watched.calls.at(-1)).toBe('session.logout')
  })

  it('ends with 0 once nobody reads any more', async () => {
    await using watched = await watching(['network-list', '--watch'])
    await watched.printed(/add/)
    watched.unread()
    expect(await watched.status).toBe(0)
  })
})

describe('--watch on a terminal', () => {
  it('draws the list in the place of the one before, cut to the size of the terminal', async () => {
    await using watched = await watching(['network-list', '--watch'], { columns: 40, rows: 10 })
    const first = await watched.printed(/\x1b\[J$/)
    expect(first.startsWith('\x1b[2J\x1b[H')).toBe(true)
    const lines = first
      .replace(/\x1b\[\w*/g, '')
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(9)
    expect(lines.at(-1)).toMatch(/^\.\.\. \d+ more lines$/)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40)
    const [ref = ''] = await watched.session.network.get_all()
    await watched.session.network.destroy(
      await watched.session.network.create({ name_label: 'a', other_config: new Map() }),
    )
    for (const other of await watched.session.network.get_all())
      await watched.session.network.set_name_label(other, `now ${ref.length}`)
    expect((await watched.printed(/now \d+.*\x1b\[J$/s)).match(/\x1b\[2J/g)).toHaveLength(1)
  })

  it('prints lines where the terminal is dumb', async () => {
    await using watched = await watching(['network-list', '--watch', '--output=table'], {
      columns: 80,
      rows: 24,
      TERM: 'dumb',
    })
    expect(await watched.printed(/(add .*\n){4}/)).not.toContain('\x1b')
  })
})

test('a pool in a file cannot be watched, since nobody else changes it for the one who looks', async () => {
  const { environment, printed } = surround(['network-list', '--watch', '-s', 'fake:x'], {
    open: async () => memoryTransport(async () => ({ ok: true, value: 'OpaqueRef:s' })),
  })
  expect(await main(environment)).toBe(1)
  expect(printed.stderr).toContain('fake-host-serve state=FILE')
})
