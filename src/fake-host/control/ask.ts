import type { Pool } from '../dispatch/context.ts'
import { FakeHostError } from '../error.ts'
import { bridgesOf, reach } from '../fabric/index.ts'
import { hostNamed } from '../host-named.ts'
import { vifNamed } from '../scenarios/index.ts'

/**
 * What a pool without a server answers to a document at a path under /fake/: what can be seen of it. What outlasts the question needs a
 * pool that is served. Throws FakeHostError.
 */
export async function askPool(pool: Pool, path: string, document: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { host, from, to, vlan } = document
  if (path === '/fake/bridges') {
    return { hosts: await bridgesOf(pool, host === undefined ? undefined : hostNamed(pool.db, String(host))) }
  }
  if (path === '/fake/reachable') {
    const [source, target] = [from, to].map(name => vifNamed(pool.db, String(name)))
    if (source === undefined || target === undefined) throw new Error('two VIFs were named')
    return reach(pool, source, target, vlan === undefined ? 0 : Number(vlan))
  }
  throw new FakeHostError(
    'a pool in a file forgets that when the command ends: serve it with fake-host-serve state=FILE',
  )
}
