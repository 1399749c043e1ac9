import { NULL_REF, type Ref } from '../../datamodel/index.ts'
import { coordinator, type Pool, poolRef } from '../dispatch/context.ts'
import { Failure } from '../dispatch/failure.ts'
import { finishBoots, forgetSessions, setLive } from './lifecycle.ts'

/**
 * Hands the pool to another host while all of them run. Every other host has to agree.
 * Throws HA_ABORT_NEW_MASTER [text] where one cannot be asked or has promised itself.
 */
export function designate(pool: Pool, candidate: Ref<'host'>): void {
  if (candidate === coordinator(pool)) return
  const { db, hosts } = pool
  const others = db.refs('host').filter(host => host !== candidate)
  for (const host of others) {
    const name = db.get('host', host, 'name_label')
    if (!hosts.isRunning(host) || hosts.emergency(host)) throw broken(`${name} cannot be asked`)
    if ((hosts.of(host).proposed ?? candidate) !== candidate) throw broken(`${name} has promised itself to another`)
  }
  takeOver(pool, candidate)
}

function takeOver(pool: Pool, host: Ref<'host'>): void {
  pool.hosts.of(host).stray = undefined
  pool.db.set('pool', poolRef(pool), 'master', host)
  forgetSessions(pool) // the toolstacks of the old and of the new coordinator start anew
}

/** A host promises to follow a candidate. Throws HA_ABORT_NEW_MASTER [text] where it has promised to follow another. */
export function propose(pool: Pool, host: Ref<'host'>, address: string): void {
  const candidate = hostAt(pool, address)
  const state = pool.hosts.of(host)
  if (state.proposed !== undefined && state.proposed !== candidate) throw broken('another host was proposed before')
  state.proposed = candidate
}

/** A host follows the candidate that it has promised itself to. */
export function commit(pool: Pool, host: Ref<'host'>, address: string): void {
  abort(pool, host, address)
  follow(pool, host, hostAt(pool, address))
}

/** A host takes its promise back. */
export function abort(pool: Pool, host: Ref<'host'>, address: string): void {
  const state = pool.hosts.of(host)
  if (state.proposed !== hostAt(pool, address)) throw broken('this host was not proposed')
  state.proposed = undefined
}

const broken = (text: string): Failure => new Failure('HA_ABORT_NEW_MASTER', text)

/**
 * A host makes itself coordinator without asking anybody. The one of before follows it when it is there again; other members go on
 * waiting for that one until they are told. Throws HA_IS_ENABLED [].
 */
export async function emergencyTransition(pool: Pool, host: Ref<'host'>): Promise<void> {
  const { db, hosts } = pool
  if (db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
  const former = coordinator(pool)
  if (host === former) return
  for (const other of db.refs('host')) {
    if (other !== host && other !== former) hosts.of(other).stray ??= former
  }
  takeOver(pool, host)
  await finishBoots(pool)
  for (const other of db.refs('host')) if (!hosts.isRunning(other)) setLive(pool, other, false)
}

/** Tells a host whose coordinator has gone where another is. Throws HA_IS_ENABLED []. */
export async function resetMaster(pool: Pool, host: Ref<'host'>, address: string): Promise<void> {
  if (pool.db.get('pool', poolRef(pool), 'ha_enabled')) throw new Failure('HA_IS_ENABLED')
  follow(pool, host, hostAt(pool, address))
  if (pool.hosts.isRunning(coordinator(pool))) await finishBoots(pool)
}

function follow(pool: Pool, host: Ref<'host'>, other: Ref<'host'>): void {
  pool.hosts.of(host).stray = other === coordinator(pool) && other !== host ? undefined : other
}

/** Tells members that wait for a former coordinator of the present one. Gives those that have listened. */
export async function recoverMembers(pool: Pool): Promise<Ref<'host'>[]> {
  const { db, hosts } = pool
  const lost = db.refs('host').filter(host => {
    const { state, stray } = hosts.of(host)
    return stray !== undefined && state !== 'stopped'
  })
  for (const host of lost) hosts.of(host).stray = undefined
  await finishBoots(pool)
  return lost
}

/** The host of an address; the null reference where nobody has it. */
const hostAt = ({ db }: Pool, address: string): Ref<'host'> =>
  db.refs('host').find(host => db.get('host', host, 'address') === address) ?? NULL_REF
