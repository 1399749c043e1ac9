import { vi } from 'vitest'
import type { Ref } from '../../../src/datamodel/index.ts'
import type { FakeHost } from '../../../src/fake-host/index.ts'
import type { SimulatedTime } from './simulated-time.ts'

type SwitchState = Awaited<ReturnType<FakeHost['control']['switchState']>>
export type SwitchPort = SwitchState['bridges'][number]['ports'][number]
type SwitchEdits = Parameters<FakeHost['control']['editSwitch']>[1]

/** The switches of a fake pool as controllers reach them: with delays, with BFD that takes its time, over wires that break. */
export interface Switches {
  /** Wires from a controller to a switch that are cut, as `CONTROLLER HOST`; by the host's reference. */
  readonly cut: Set<string>
  /** The share of answers that get lost on their way back, 0 to 1. */
  lost: number
  /** The tunnel ports that a running switch has, whose word is not an old one. */
  livePorts(host: Ref<'host'>): Promise<readonly SwitchPort[]>
  /** Whether a host's switch lives. */
  isLive(host: Ref<'host'>): boolean
  /** Told after each change that a controller has made to a switch. */
  onEdit: (controller: string, host: Ref<'host'>, edits: SwitchEdits) => Promise<void>
  /** Told when frames may get elsewhere than before. */
  onFabric: () => Promise<void>
}

/** One BFD session: what the wires would let it say, since when, and what it says. */
interface Bfd {
  isRawUp: boolean
  isUp: boolean
  cancel: () => void
}

/** BFD comes up within 1 to 2.8 s and goes down within 0.3 to 0.9 s (docs/spec/open-vswitch.md b and c). */
const UP_MS = [1000, 2800] as const
const DOWN_MS = [300, 900] as const

/** Takes the place of fetch until vi.unstubAllGlobals: http://NAME.controller/fake/... is what the controller NAME asks. */
export function simulateSwitches(fake: FakeHost, time: SimulatedTime, random: () => number): Switches {
  const { control, pool } = fake
  const sessions = new Map<string, Bfd>()
  const turns = new Map<Ref<'host'>, number>()
  const waiting = new Set<() => void>()
  const between = ([least, most]: readonly [number, number]) => least + random() * (most - least)
  const isLive = (host: Ref<'host'>) => pool.hosts.isRunning(host) && !pool.networks.conditions.crashed.has(host)
  const wake = () => {
    for (const resolve of [...waiting]) resolve()
  }
  const idOf = (host: string, { name, type, options }: SwitchPort) =>
    `${host} ${name} ${type} ${options.get('remote_ip')} ${options.get('key')}`

  async function livePorts(host: Ref<'host'>): Promise<readonly SwitchPort[]> {
    if (!isLive(host)) return []
    const { bridges } = await control.switchState(host)
    return bridges.flatMap(({ ports }) => ports.filter(({ type }) => type === 'gre' || type === 'vxlan'))
  }

  /** Lets BFD hear of what the wires let through now. A switch that has stopped has no word in it. */
  async function listen(): Promise<void> {
    const present = new Set<string>()
    for (const host of pool.db.refs('host')) {
      if (pool.networks.conditions.crashed.has(host) && pool.hosts.isRunning(host)) {
        for (const [id, bfd] of sessions) {
          if (!id.startsWith(`${host} `)) continue
          present.add(id)
          bfd.cancel()
          bfd.isRawUp = false
        }
        continue
      }
      for (const port of await livePorts(host)) {
        if (port.bfd.get('enable') !== 'true') continue
        const id = idOf(host, port)
        present.add(id)
        const bfd = sessions.get(id) ?? { isRawUp: false, isUp: false, cancel: () => {} }
        sessions.set(id, bfd)
        const isRawUp = port.bfd_status.get('state') === 'up'
        if (isRawUp === bfd.isRawUp) continue
        bfd.isRawUp = isRawUp
        bfd.cancel()
        bfd.cancel = () => {}
        if (isRawUp === bfd.isUp) continue
        bfd.cancel = time.after(between(isRawUp ? UP_MS : DOWN_MS), () => {
          bfd.isUp = isRawUp
          turns.set(host, (turns.get(host) ?? 0) + 1)
          wake()
        })
      }
    }
    for (const [id, bfd] of sessions) {
      if (present.has(id)) continue
      bfd.cancel()
      sessions.delete(id)
    }
  }

  let isDue = false
  const changed = () => {
    if (isDue) return
    isDue = true
    time.after(0, () => {
      isDue = false
      void time.during(async () => {
        await listen()
        await switches.onFabric()
        wake()
      })
    })
  }
  pool.networks.conditions.onChange(changed)

  /** A switch that starts anew has no BFD session that goes on. */
  const crashed = new Set<Ref<'host'>>()
  pool.networks.conditions.onChange(() => {
    for (const host of pool.db.refs('host')) {
      const isDown = pool.networks.conditions.crashed.has(host)
      if (isDown) crashed.add(host)
      else if (crashed.delete(host)) forget(host, () => true)
    }
  })
  function forget(host: Ref<'host'>, which: (id: string) => boolean): void {
    for (const [id, bfd] of sessions) {
      if (!id.startsWith(`${host} `) || !which(id)) continue
      bfd.cancel()
      sessions.delete(id)
    }
  }

  async function look(host: Ref<'host'>): Promise<SwitchState> {
    const { version, bridges, ...rest } = await control.switchState(host)
    const told = bridges.map(bridge => ({
      ...bridge,
      ports: bridge.ports.map(port => {
        const { isUp = false } = sessions.get(idOf(host, port)) ?? {}
        const state = isUp ? 'up' : 'down'
        return port.bfd.get('enable') === 'true' ? { ...port, bfd_status: new Map([['state', state]]) } : port
      }),
    }))
    return { ...rest, version: `${version}-${turns.get(host) ?? 0}`, bridges: told }
  }

  async function answer(url: URL, { method = 'GET', body, signal }: RequestInit): Promise<unknown> {
    const controller = url.hostname.replace('.controller', '')
    const asked = typeof body === 'string' ? JSON.parse(body) : {}
    const ends = signal ?? undefined
    await time.sleep(1 + random() * 9, ends)
    if (url.pathname === '/fake/lease') {
      if (switches.cut.has(`${controller} lease`)) throw new TypeError('fetch failed')
      if (method === 'DELETE') return control.release(asked.name, asked.owner)
      return { owner: control.lease(asked.name, asked.owner, asked.lease_ms) }
    }
    const host = pool.db.byUuid('host', url.pathname.split('/')[3] ?? '')
    const check = () => {
      ends?.throwIfAborted()
      if (!host || switches.cut.has(`${controller} ${host}`)) throw new TypeError('fetch failed')
      if (!pool.hosts.isRunning(host)) throw new TypeError('connection refused')
      return host
    }
    if (method === 'POST') {
      const edits = asked.ops.map((op: Record<string, unknown>) => withMaps(op))
      await time.during(async () => {
        await control.editSwitch(check(), edits)
        for (const { op, port } of edits) {
          if (op === 'del-port') forget(check(), id => id.startsWith(`${host} ${port} `))
        }
        await listen()
        await switches.onEdit(controller, check(), edits)
      })
      wake()
      await time.sleep(1 + random() * 9)
      if (random() < switches.lost) throw new TypeError('the answer was lost')
      check()
      return undefined
    }
    const after = url.searchParams.get('after')
    const deadline = time.now() + Number(url.searchParams.get('timeout_ms') ?? 0)
    for (;;) {
      const change = new Promise<void>(resolve => {
        const done = () => {
          waiting.delete(done)
          ends?.removeEventListener('abort', done)
          cancel()
          resolve()
        }
        waiting.add(done)
        ends?.addEventListener('abort', done)
        const cancel = after === null ? () => {} : time.after(deadline - time.now(), done)
      })
      const state = await time.during(() => look(check()))
      if (after === null || state.version !== after || time.now() >= deadline) {
        await time.sleep(1 + random() * 9)
        check()
        return state
      }
      await change
    }
  }

  vi.stubGlobal('fetch', async (url: URL, init: RequestInit = {}) => {
    try {
      const result = await answer(url, init)
      const text =
        result === undefined ? '' : JSON.stringify(result, (_, v) => (v instanceof Map ? Object.fromEntries(v) : v))
      return { ok: true, status: 200, text: async () => text }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FakeHostError') throw error
      return { ok: false, status: 400, text: async () => JSON.stringify({ error: error.message }) }
    }
  })

  const switches: Switches = {
    cut: new Set(),
    lost: 0,
    livePorts,
    isLive,
    onEdit: async () => {},
    onFabric: async () => {},
  }
  return switches
}

const withMaps = (op: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(op).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : value,
    ]),
  )
