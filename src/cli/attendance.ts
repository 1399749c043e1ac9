import type { Attendance } from '../commands/index.ts'
import type { Environment } from './environment.ts'
import type { Settings } from './settings.ts'

/** How a command is followed while it works. */
export interface Attending {
  readonly attendance: Attendance
  /** Cuts the session's calls off: fires with the environment's signal, but not in the middle of what has to stay whole. */
  readonly signal: AbortSignal
  /** Takes the progress off the terminal. */
  readonly end: () => void
}

/** What is shown of the progress where nobody says how wide the terminal is. */
const COLUMNS = 80

/**
 * Progress is for a terminal that can replace a line; with `--debug` the lines of that tell more. `written` makes whole lines of
 * a remark.
 */
export function attend(
  { signal, stderr, variables }: Pick<Environment, 'signal' | 'stderr' | 'variables'>,
  { debug }: Pick<Settings, 'debug'>,
  written: (remark: string) => string = remark => `${remark}\n`,
): Attending {
  const calls = new AbortController()
  let whole = 0
  const cut = () => {
    if (whole === 0 && signal.aborted) calls.abort(signal.reason)
  }
  signal.addEventListener('abort', cut)
  cut()

  const width = () => stderr.columns || Number(variables.COLUMNS) || COLUMNS
  let shown = ''
  const show = (text: string) => {
    if (text !== shown) stderr.write(`\r\x1b[K${text}`)
    shown = text
  }
  const remark = (line: string) => {
    show('')
    stderr.write(written(line))
  }
  const attendance: Attendance = {
    signal,
    async whole(work) {
      whole++
      try {
        return await work()
      } finally {
        whole--
        cut()
      }
    },
    remark,
    note(line) {
      if (stderr.isTTY) remark(line)
    },
    progress(text) {
      // The last column stays free: some terminals begin a new line once it is filled.
      if (!debug && stderr.isTTY && variables.TERM !== 'dumb') show([...text].slice(0, width() - 1).join(''))
    },
  }
  return {
    attendance,
    signal: calls.signal,
    end: () => show(''),
  }
}
