import { OvsdbError } from './error.ts'
import type { Operation, OperationResult } from './operation.ts'
import type { Change, Replica } from './replica.ts'
import { optionalOf } from './value.ts'

type Monitor = (
  watched: Readonly<Record<string, readonly string[]>>,
  onChange: (changes: readonly Change[]) => void,
) => Promise<Replica>
type Transact = (operations: readonly Operation[]) => Promise<readonly OperationResult[]>

/** Asks the switch daemon to say when it is done, and under which number. */
const ASK: readonly Operation[] = [
  { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
  { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
]

/**
 * Transactions that end when the switch daemon has carried them out: until then a commit says only that the database has it
 * (docs/spec/open-vswitch.md a).
 */
export function appliedWatch(
  monitor: Monitor,
  closed: Promise<OvsdbError | undefined>,
  where: string,
  timeout: number,
): (operations: readonly Operation[], transact: Transact) => Promise<readonly OperationResult[]> {
  let replica: Promise<Replica> | undefined
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of [...waiting]) check()
  }
  let isClosed = false
  closed.then(() => {
    isClosed = true
    wake()
  })

  async function until(number: number): Promise<void> {
    replica ??= monitor({ Open_vSwitch: ['cur_cfg'] }, wake)
    replica.catch(() => {
      replica = undefined
    })
    const rows = await replica
    const isApplied = () => {
      const [row] = rows.table('Open_vSwitch').values()
      return Number(optionalOf(row?.cur_cfg) ?? -1) >= number
    }
    await new Promise<void>((resolve, reject) => {
      const end = (error?: OvsdbError) => {
        waiting.delete(check)
        clearTimeout(timer)
        if (error) reject(error)
        else resolve()
      }
      const check = () => {
        if (isApplied()) end()
        else if (isClosed) end(new OvsdbError('connection', `${where} has closed the connection`))
      }
      const timer = setTimeout(() => {
        end(new OvsdbError('timeout', `the switch daemon behind ${where} has not acted within ${timeout / 1000} s`))
      }, timeout)
      waiting.add(check)
      check()
    })
  }

  return async (operations, transact) => {
    const results = await transact([...operations, ...ASK])
    const number = optionalOf(results.at(-1)?.rows[0]?.next_cfg)
    if (typeof number !== 'number') throw new OvsdbError('protocol', `${where} has no row in Open_vSwitch`)
    await until(number)
    return results.slice(0, operations.length)
  }
}
