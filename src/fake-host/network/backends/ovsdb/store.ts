import { OvsdbError, optionalOf, type Replica } from '../../../../ovsdb/index.ts'
import { ScriptError } from '../../daemon.ts'
import type { OvsStore } from '../ovs-store.ts'
import { difference } from './difference.ts'
import { createLink } from './link.ts'
import { WATCHED } from './rows.ts'
import { viewOf } from './view.ts'

/** One real switch. */
export interface RealSwitch {
  /** Of its database: `unix:PATH`, `tcp:HOST:PORT`. */
  readonly address: string
  /** The `datapath_type` of the bridges that are made on it; empty for the kernel's. */
  readonly datapath: string
  /** How long one answer may take, in milliseconds; 10 s, which is also the most. */
  readonly timeout?: number | undefined
}

/** How often a change is thought over anew because others were quicker, or the connection had gone. */
const ATTEMPTS = 4

/**
 * The rows of a real switch. A change becomes one transaction of what differs, and ends when the switch daemon has followed; one
 * that changes nothing writes nothing. A lost connection is opened again by whoever needs it.
 */
export function createOvsdbStore({ address, datapath, timeout }: RealSwitch): OvsStore {
  const link = createLink(address, WATCHED, timeout)

  return {
    async read(look) {
      return failingAsScript('list-br', address, async () => look((await link.open()).look().tables))
    },
    write(command, change) {
      return failingAsScript(command, address, async () => {
        for (let attempt = 1; ; attempt++) {
          const { ovsdb, replica, look } = await link.open()
          const [before, after] = [look(), viewOf(replica)]
          const result = change(after.tables)
          const operations = difference(before, after, datapath)
          if (operations.length === 0 && !isBehind(replica)) return result
          try {
            await ovsdb.commit(operations)
            return result
          } catch (error) {
            if (attempt >= ATTEMPTS || !isPassing(error)) throw error
          }
        }
      })
    },
    close: () => link.close(),
  }
}

/** Whether the switch daemon has not followed yet: it may be dead, which shows only where somebody waits for it. */
function isBehind(replica: Replica): boolean {
  const [root] = replica.table('Open_vSwitch').values()
  return Number(optionalOf(root?.cur_cfg) ?? 0) < Number(optionalOf(root?.next_cfg) ?? 0)
}

/**
 * Somebody else was quicker, so that a row is gone or a name is taken, or the database was started anew. What stays refused is
 * refused a few times more.
 */
const isPassing = (error: unknown): boolean =>
  error instanceof OvsdbError && (error.kind === 'connection' || PASSING.has(error.code))
const PASSING: ReadonlySet<string | undefined> = new Set(['timed out', 'constraint violation'])

async function failingAsScript<T>(command: string, address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OvsdbError)) throw error
    const args = `--timeout=20 --db=${address} -- ${command}`
    throw new ScriptError({ script: '/usr/bin/ovs-vsctl', args, code: '1', stdout: '', stderr: error.message })
  }
}
