import { randomBytes, randomInt } from 'node:crypto'
import { readlink, symlink, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { FakeHostError, systemReason } from '../error.ts'
import { type Processes, systemProcesses } from './processes.ts'

export interface Lock {
  /** Lets the next one in. */
  release(): Promise<void>
}

export interface LockOptions {
  /** A server keeps its lock for its whole life: others are told at once instead of waiting. */
  readonly purpose?: 'command' | 'server' | undefined
  /** How long to wait for others, in milliseconds; 30 s unless told. */
  readonly wait?: number | undefined
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
  readonly processes?: Processes | undefined
}

const WAIT = 30_000

/**
 * Makes this process the only one that changes `path`, by a symbolic link `path.lock` whose target names the owner: the link
 * is made and read whole, or not at all. The lock of a process that has ended is taken away. Throws FakeHostError where
 * another one keeps it, and the signal's AbortError.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const { purpose = 'command', wait = WAIT, signal, processes = systemProcesses } = options
  const link = `${path}.lock`
  const owner = ownerText(purpose, processes)
  const patience = AbortSignal.timeout(wait)
  while (!(await created(link, owner))) {
    const holder = await read(link)
    if (holder === undefined) continue
    if (hasEnded(holder, processes)) {
      await takeAway(link, holder, options)
      continue
    }
    if (parse(holder).purpose === 'server') {
      throw new FakeHostError(`${path}: process ${parse(holder).pid} serves this pool; use the address that it printed`)
    }
    if (patience.aborted) {
      throw new FakeHostError(
        `${path}: still in use by process ${parse(holder).pid} after ${wait / 1000} s (if that is no xe-tunnel, remove ${link})`,
      )
    }
    await delay(randomInt(5, 30), undefined, { signal })
  }
  return {
    async release() {
      if ((await read(link)) === owner) await unlink(link)
    },
  }
}

const ownerText = (purpose: string, { pid, birth }: Processes): string =>
  [pid, birth(pid) ?? '', randomBytes(6).toString('hex'), purpose, hostname()].join(':')

function parse(owner: string): { pid: number; birth: string; id: string; purpose: string; machine: string } {
  const [pid = '', birth = '', id = '', purpose = '', ...machine] = owner.split(':')
  return { pid: Number(pid), birth, id, purpose, machine: machine.join(':') }
}

/** Only a process of this machine can be known to have ended. */
function hasEnded(owner: string, processes: Processes): boolean {
  const { pid, birth, machine } = parse(owner)
  if (machine !== hostname() || !Number.isInteger(pid)) return false
  const now = processes.birth(pid)
  return now === undefined || (now !== '' && birth !== '' && now !== birth)
}

/**
 * Removes the lock of an owner that has ended. Several may notice at once, and one that is slow must not remove the lock of
 * whoever came next: so each such removal has a lock of its own, named after the owner.
 */
async function takeAway(link: string, owner: string, options: LockOptions): Promise<void> {
  const removal = await acquireLock(`${link}.${parse(owner).id}`, { ...options, purpose: 'command' })
  try {
    if ((await read(link)) === owner) await unlink(link)
  } finally {
    await removal.release()
  }
}

async function created(link: string, owner: string): Promise<boolean> {
  try {
    await symlink(owner, link)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw new FakeHostError(`${link}: ${systemReason(error)}`)
  }
}

async function read(link: string): Promise<string | undefined> {
  try {
    return await readlink(link)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw new FakeHostError(`${link}: this is not a lock (${systemReason(error)}); remove it`)
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
