import type { Line } from '../../commands/index.ts'

/** What is known of the place that is printed to. */
export interface Screen {
  /** How many columns it has; undefined where it is no terminal, so that nothing has to fit. */
  readonly columns: number | undefined
  readonly rows: number | undefined
  readonly colour: boolean
}

/** How an output is to look. */
export interface Style {
  /** `table`, `json`, `yaml` or `csv`; or `xe`. */
  readonly form: string
  /** The command that printed it. */
  readonly command: string
  readonly screen: Screen
}

/** What happened to a record of a list. */
export interface Change {
  readonly operation: 'add' | 'mod' | 'del'
  /** The record as it is now, or as it last was. */
  readonly record: readonly Line[]
}
