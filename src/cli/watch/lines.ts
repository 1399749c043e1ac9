import type { Line, Output } from '../../commands/index.ts'
import type { Writer } from '../environment.ts'
import type { Change, Style } from '../formats/index.ts'
import type { Show } from './show.ts'

type Record = readonly Line[]

/** Shows what is different from what was shown before, a line for each record. */
export function changeLines(stdout: Writer, style: Style): Show {
  let shown = new Map<string, Record>()
  return async output => {
    const now = byIdentity(output)
    const changes = differences(shown, now)
    shown = now
    const { changeLine } = await import('../formats/index.ts')
    const lines = await Promise.all(changes.map(change => changeLine(change, style)))
    stdout.write(lines.join(''))
  }
}

/** What is gone, then what is new or different, in the order of the list. */
function differences(before: ReadonlyMap<string, Record>, now: ReadonlyMap<string, Record>): readonly Change[] {
  const gone = [...before].filter(([identity]) => !now.has(identity))
  const others = [...now].flatMap(([identity, record]): Change[] => {
    const former = before.get(identity)
    if (former === undefined) return [{ operation: 'add', record }]
    return texts(former) === texts(record) ? [] : [{ operation: 'mod', record }]
  })
  return [...gone.map(([, record]): Change => ({ operation: 'del', record })), ...others]
}

/** Records by their uuid; one that shows none is known by all of its values, and by how many there are alike. */
function byIdentity(output: Output): Map<string, Record> {
  const all = new Map<string, Record>()
  for (const record of output.kind === 'records' ? output.records : []) {
    const uuid = record.find(([label]) => label.startsWith('uuid '))?.[1]
    let identity = uuid ?? texts(record)
    while (all.has(identity)) identity += '+'
    all.set(identity, record)
  }
  return all
}

const texts = (record: Record): string => JSON.stringify(record.map(([label, value]) => [label, value]))
