import { createHash } from 'node:crypto'
import type { Ref } from '../../datamodel/index.ts'
import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import type { SwitchBridge, SwitchPort } from '../network/index.ts'
import { switchesOf, withStatus } from './links.ts'
import { nameOf } from './underlay.ts'

/** What the database of a host's switch says. */
export interface SwitchState {
  /** Differs whenever anything else here does. */
  readonly version: string
  /** The number of changes to its rows that the switch has followed, and of those that there were. */
  readonly cur_cfg: number
  readonly next_cfg: number
  readonly bridges: readonly SwitchBridge[]
}

/** Reads a host's switch. Throws FakeHostError where the host does not run: then nobody answers there. */
export async function switchState(pool: Pool, host: Ref<'host'>): Promise<SwitchState> {
  if (!pool.hosts.isRunning(host)) throw new FakeHostError(`${nameOf(pool, host)} does not run`)
  const network = pool.networks.of(host)
  const crashed = pool.networks.conditions.crashed.get(host)
  const switches = switchesOf(pool)
  const bridges = crashed ? unfollowed(await switches(host), crashed.bridges) : await withStatus(pool, switches, host)
  const { next_cfg } = network
  const state = { cur_cfg: crashed?.cur_cfg ?? next_cfg, next_cfg, bridges }
  return { version: fingerprint(state), ...state }
}

/**
 * Waits for a state with another version. Fulfilled with the state as it is by then, or after the time-out.
 * @param timeoutMs in milliseconds
 */
export async function changedState(
  pool: Pool,
  host: Ref<'host'>,
  { after, timeoutMs, signal }: { after: string; timeoutMs: number; signal: AbortSignal },
): Promise<SwitchState> {
  const over = AbortSignal.any([AbortSignal.timeout(timeoutMs), pool.ending, signal])
  for (;;) {
    const change = nextChange(pool, over)
    const state = await switchState(pool, host)
    if (state.version !== after || over.aborted) {
      change.forget()
      return state
    }
    await change.come
  }
}

function nextChange(pool: Pool, over: AbortSignal): { come: Promise<void>; forget(): void } {
  let forget = (): void => {}
  const come = new Promise<void>(resolve => {
    const done = (): void => {
      forget()
      resolve()
    }
    const stop = pool.networks.conditions.onChange(done)
    over.addEventListener('abort', done)
    forget = () => {
      stop()
      over.removeEventListener('abort', done)
    }
  })
  return { come, forget }
}

/** A switch that has stopped: its rows as they are, and what it said of them last. */
function unfollowed(bridges: readonly SwitchBridge[], last: readonly SwitchBridge[]): SwitchBridge[] {
  const known = new Map(last.flatMap(({ ports }) => ports.map(port => [port.name, port] as const)))
  const told = (port: SwitchPort): SwitchPort => {
    const { ofport, error, bfd_status = new Map(), status = new Map() } = known.get(port.name) ?? {}
    return { ...port, ofport, error, bfd_status, status }
  }
  return bridges.map(bridge => ({ ...bridge, ports: bridge.ports.map(told) }))
}

function fingerprint(state: unknown): string {
  const text = JSON.stringify(state, (_, value) => (value instanceof Map ? [...value] : value))
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
