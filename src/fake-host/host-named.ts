import type { Ref } from '../datamodel/index.ts'
import type { Database } from './database/index.ts'
import { FakeHostError } from './error.ts'

/** The host of a reference, a uuid or a name. Throws FakeHostError. */
export function hostNamed(db: Database, name: string): Ref<'host'> {
  const hosts = db.refs('host')
  const found = hosts.filter(ref =>
    [ref, db.get('host', ref, 'uuid'), db.get('host', ref, 'name_label')].includes(name),
  )
  const [host] = found
  if (host === undefined || found.length > 1) {
    throw new FakeHostError(`${found.length > 1 ? 'several hosts are' : 'no host is'} called ${JSON.stringify(name)}`)
  }
  return host
}
