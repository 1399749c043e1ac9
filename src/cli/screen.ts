import type { Environment } from './environment.ts'
import type { Screen } from './formats/index.ts'

/** How wide a terminal is that does not say so. */
const COLUMNS = 80
const ROWS = 24

/** What there is to print to. FORCE_COLOR outranks NO_COLOR, as it is the one that somebody sets for a single command. */
export function screenOf({ stdout, variables }: Pick<Environment, 'stdout' | 'variables'>): Screen {
  const { isTTY } = stdout
  const { FORCE_COLOR: force = '', NO_COLOR: never = '', TERM } = variables
  const colour = force === '' ? never === '' && isTTY && TERM !== 'dumb' : force !== '0' && force !== 'false'
  return {
    columns: isTTY ? stdout.columns || Number(variables.COLUMNS) || COLUMNS : undefined,
    rows: isTTY ? stdout.rows || Number(variables.LINES) || ROWS : undefined,
    colour,
  }
}
