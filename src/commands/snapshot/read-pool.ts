import { datamodel, type Value } from '../../datamodel/index.ts'
import { XapiError } from '../../xapi/index.ts'
import type { Session } from '../command.ts'

/** Class -> reference -> record, as a host sent them. */
export type Objects = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Value>>>

export interface PoolRead {
  readonly objects: Objects
  /** Classes that the host would not give, and why. */
  readonly refused: readonly (readonly [cls: string, code: string])[]
  /** Objects whose whole purpose is to be secret. They were counted and not read. */
  readonly secrets: number
}

const GET_ALL = '.get_all_records'

/** After these, other calls would only fail too. */
const FATAL = new Set(['SESSION_INVALID', 'HOST_IS_SLAVE', 'HOST_STILL_BOOTING'])

/** Reads all objects of a pool that a restart of its hosts leaves, class after class. It only reads. */
export async function readPool(session: Session): Promise<PoolRead> {
  const methods = (await session.call('system.listMethods')) as readonly string[] // what the message gives
  const objects = new Map<string, ReadonlyMap<string, ReadonlyMap<string, Value>>>()
  const refused: [string, string][] = []
  /** What the host gives; undefined where it would not. */
  async function ask(method: string, cls: string): Promise<Value | undefined> {
    try {
      return await session.call(method)
    } catch (error) {
      if (!(error instanceof XapiError) || FATAL.has(error.code)) throw error
      if (error.code !== 'MESSAGE_REMOVED') refused.push([cls, error.code])
      return undefined
    }
  }
  for (const method of methods.filter(name => name.endsWith(GET_ALL))) {
    const cls = method.slice(0, -GET_ALL.length)
    if (!isKept(cls)) continue
    const records = await ask(method, cls)
    if (records instanceof Map && records.size > 0) {
      objects.set(cls, records as ReadonlyMap<string, ReadonlyMap<string, Value>>) // what get_all_records gives
    }
  }
  const secrets = methods.includes('secret.get_all') ? await ask('secret.get_all', 'secret') : undefined
  return { objects, refused, secrets: Array.isArray(secrets) ? secrets.length : 0 }
}

/** Not what ends with a session or a restart, is the same in every pool, or is secret. What is unknown here may well stay. */
function isKept(cls: string): boolean {
  const known = datamodel().classes.get(cls)
  return !known || (known.inDatabase && known.persistent && cls !== 'role' && cls !== 'secret')
}
