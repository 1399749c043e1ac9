import type { Environment } from '../environment.ts'
import type { Style } from '../formats/index.ts'
import { printed } from '../printed.ts'
import { screenOf } from '../screen.ts'
import type { Show } from './show.ts'

const HOME = '\x1b[H'
const CLEAR = '\x1b[2J'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/** Shows the list in place of what was shown before: as much of it as the terminal has room for. */
export function redrawing(environment: Environment, { form, command }: Style, minimal: boolean): Show {
  let last: string | undefined
  return async output => {
    const { cutLines } = await import('../formats/index.ts')
    const { columns = 0, rows = 0 } = screenOf(environment)
    const text = await printed(output, { name: command, minimal, form }, environment)
    const lines = text.trimEnd().split('\n')
    const room = rows - 1
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), `... ${lines.length - room + 1} more lines`]
    const drawn = (form === 'xe' ? await cutLines(shown, columns) : shown)
      .map(line => `${line}${CLEAR_LINE}\n`)
      .join('')
    if (drawn !== last) environment.stdout.write(`${last === undefined ? CLEAR : ''}${HOME}${drawn}${CLEAR_BELOW}`)
    last = drawn
  }
}
