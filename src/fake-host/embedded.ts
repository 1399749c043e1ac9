import { datamodel, type Value } from '../datamodel/index.ts'
import type { Clock } from './clock.ts'
import type { Database, Stored } from './database/index.ts'
import type { RpcValue } from './dispatch/call.ts'
import { createFakePool, type FakePool } from './pool.ts'
import { acquireLock, Keeper, type Lock, readState, type SavedState, settle } from './state/index.ts'

export interface EmbeddedPool {
  /** What is odd about the file, one line each. */
  readonly warnings: readonly string[]
  /** A call from this process, trusted as root. What it changed is on disk when its answer is there. */
  call(method: string, parameters: readonly Value[]): Promise<EmbeddedAnswer>
  /** What is under /fake/ over HTTP, as far as it makes sense without a server. Throws FakeHostError. */
  ask(path: string, document: unknown): Promise<unknown>
  /** Brings the file up to date and lets other commands change it. */
  close(): Promise<void>
}

export type EmbeddedAnswer =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: readonly string[] }

export interface EmbeddedOptions {
  /** The pool's file, made from the default pool where it is missing. */
  readonly path: string
  readonly clock?: Clock | undefined
  /** How long to wait for other commands that change it, in milliseconds; 30 s unless told. */
  readonly wait?: number | undefined
}

/** The right to change the file, which one command has at a time. */
interface Turn {
  readonly keeper: Keeper
  readonly lock: Lock
}

/**
 * Opens the pool in a file for one command. Commands that only read never wait: they see what was there when they began.
 * The first call that may change something makes the command wait for its turn, and it then works on the file as it is by
 * then; so none loses another's change. Throws FakeHostError.
 */
export async function openEmbeddedPool(options: EmbeddedOptions): Promise<EmbeddedPool> {
  const path = await settle(options.path)
  const closing = new AbortController()
  const lock = (): Promise<Lock> => acquireLock(path, { wait: options.wait, signal: closing.signal })
  const saved = (await readState(path)) ?? (await create(path, options, lock))
  let fake = restore(saved, options)
  let turn: Promise<Turn> | undefined
  const running = new Set<Promise<EmbeddedAnswer>>()

  async function takeTurn(): Promise<Turn> {
    const held = await lock()
    try {
      const now = (await saved.isCurrent()) ? saved : await readState(path)
      if (now && now !== saved) {
        const before = fake
        fake = restore(now, options)
        carryOver(before.pool.db, fake.pool.db)
        before.end()
      }
      return { lock: held, keeper: await Keeper.start(path, fake.pool, now) }
    } catch (error) {
      await held.release()
      throw error
    }
  }

  async function answer(method: string, parameters: readonly Value[]): Promise<EmbeddedAnswer> {
    if (mayChange(method)) {
      turn ??= takeTurn().catch(error => {
        turn = undefined
        throw error
      })
    }
    const taken = await turn
    const answered = await fake.dispatch({ method, params: parameters.map(toRpc), origin: 'memory' })
    await taken?.keeper.settled()
    return answered.ok ? { ok: true, value: answered.value ?? '' } : answered
  }

  return {
    warnings: saved.warnings,
    async call(method, parameters) {
      const call = answer(method, parameters)
      running.add(call)
      try {
        return await call
      } finally {
        running.delete(call)
      }
    },
    async ask(path, document) {
      const { askPool } = await import('./control/ask.ts')
      return askPool(fake.pool, path, document as Readonly<Record<string, unknown>>) // what a command asks for
    },
    async close() {
      closing.abort()
      fake.end()
      await Promise.allSettled(running)
      const taken = await turn
      turn = undefined
      try {
        await taken?.keeper.close()
      } finally {
        await taken?.lock.release()
      }
    },
  }
}

async function create(path: string, options: EmbeddedOptions, lock: () => Promise<Lock>): Promise<SavedState> {
  const held = await lock()
  try {
    if (!(await readState(path))) await (await Keeper.start(path, createFakePool(options).pool, undefined)).close()
    const saved = await readState(path)
    if (!saved) throw new Error(`${path} went away`)
    return saved
  } finally {
    await held.release()
  }
}

const restore = (saved: SavedState, { clock }: EmbeddedOptions): FakePool =>
  createFakePool({ clock, seed: saved.seed, database: db => saved.fill(db) })

/** Whether a call may change what a restart leaves: not where its class is gone after one, nor where it only gets. */
function mayChange(method: string): boolean {
  const name = method.replace(/^(?:Internal)?Async\./, '')
  const message = datamodel().messages.get(name)
  if (!message) return !name.startsWith('system.')
  const persistent = datamodel().classes.get(message.class)?.persistent ?? true
  return persistent && !name.startsWith(`${message.class}.get_`)
}

/** Sessions and tasks are in no file: the command's own go with it. */
function carryOver(from: Database, to: Database): void {
  for (const { name, inDatabase, persistent } of datamodel().classes.values()) {
    if (!inDatabase || persistent) continue
    const cls = name as Stored // it is in the database
    for (const ref of from.refs(cls)) {
      const fields = from.stored(cls, ref)
      to.create(cls, Object.fromEntries(fields) as never, { ref, uuid: String(fields.get('uuid')) }) // a row of this class
    }
  }
}

/** A parameter as a wire would bring it, where an int is not a float. */
function toRpc(value: Value): RpcValue {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (Array.isArray(value)) return value.map(toRpc)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, toRpc(item)]))
  return value as RpcValue // the rest is the same in both
}
