import type { Value } from '../datamodel/index.ts'
import type { Parameters } from './parameters.ts'

/** Calls in the name of one XenAPI session. */
export interface Session {
  readonly ref: string
  /** Calls `class.message`; the session's reference goes first by itself. */
  call(method: string, ...parameters: readonly Value[]): Promise<Value>
}

/** What a command works with. */
export interface Context {
  readonly session: Session
  /** The same connection in the name of another session. */
  readonly sessionOf: (ref: string) => Session
  readonly random: (length: number) => Uint8Array
  /**
   * Asks a fake host for what is not in the API, by a path under /fake/ and a document, and gives its answer. Throws CommandError
   * where it refuses, or the host is none.
   */
  readonly askFake: (path: string, document: Readonly<Record<string, unknown>>) => Promise<unknown>
  /** Whether the output is wanted as data too, and not only as xe shows it. */
  readonly asData?: boolean
  /** The form that the output will be printed in, for commands that have `formats` of their own. */
  readonly form?: string
  /** Absent where nobody follows the command while it works. */
  readonly attendance?: Attendance
}

/** What a command of many calls needs to be followed while it works, and to be stopped at a good place. */
export interface Attendance {
  /** Fires when the user wants the command to end. */
  readonly signal: AbortSignal
  /** Does work whose calls the signal does not cut off: the work looks at the signal between them. */
  readonly whole: <T>(work: () => Promise<T>) => Promise<T>
  /** Says a line on stderr. */
  readonly remark: (line: string) => void
  /** Says it only where somebody sits at a terminal. */
  readonly note: (line: string) => void
  /** Shows on a terminal how far the work has come, in place of what was shown before. */
  readonly progress: (text: string) => void
}

/** A value as data: what an integer, a truth value, a set or a map is; null for a reference to nothing (docs/output.md). */
export type Datum = Value

/** A label with its marker, and the value beside it; where data are wanted, also what the value is. */
export type Line = readonly [label: string, value: string, data?: Datum]

/**
 * What a command wants printed: records, plain lines, nothing; or a file to be written, with remarks for stderr. `fields` names
 * what records have in common, which shows where there are none.
 */
export type Output =
  | {
      readonly kind: 'records'
      readonly records: readonly (readonly Line[])[]
      readonly fields?: readonly string[]
      /** The one record of one object, and not a list that happens to have one. */
      readonly single?: true
      /** What people are shown in place of the records, in lines. */
      readonly picture?: readonly string[]
    }
  | { readonly kind: 'values'; readonly values: readonly string[]; readonly data?: readonly Datum[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly notes: readonly string[] }

/** What help and manual pages say of a command, and what the parser asks for. */
export interface Description {
  readonly name: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** The words that it takes beside parameters, as a synopsis shows them. */
  readonly words?: string
  /** One line. */
  readonly description: string
  /** Works, and is explained when asked for by name, but is in no list. */
  readonly hidden?: boolean
  /** Its words are no parameters: each comes as it was typed, as the value of no name, and only `--OPTION` before a `--` as `true`. */
  readonly verbatim?: true
  /** The values that parameters can have, by name, for completion. Lists of truth values and of objects are known without. */
  readonly choices?: Readonly<Record<string, readonly string[]>>
  /** In the short list of `help`. */
  readonly common?: boolean
  /** What it prints, where that is not plain from the description. For manual pages. */
  readonly prints?: string
  /** Command lines to show in the manual, after the program's name. */
  readonly examples?: readonly string[]
  /** Values of --output that this command knows beside those of every command; it prints these itself, as values. */
  readonly formats?: readonly string[]
  /** On a terminal it prints a table unless another form is asked for. */
  readonly tabular?: true
  /** Of a program: it goes on showing what it shows with --watch. */
  readonly goesOn?: true
  /** Its exit statuses, where they are not those of most commands (statuses.ts). */
  readonly statuses?: readonly ExitStatus[]
}

export interface ExitStatus {
  /** A number, or several. */
  readonly status: string
  readonly meaning: string
}

/** A command that talks to a host. */
export interface Command extends Description {
  /** The classes whose objects decide what a list shows; a command without it cannot be watched. */
  readonly watches?: (parameters: Parameters) => readonly string[]
  readonly run: (context: Context, parameters: Parameters) => Promise<Output>
}

export const nothing: Output = { kind: 'nothing' }

export const values = (...lines: readonly string[]): Output => ({ kind: 'values', values: lines })
