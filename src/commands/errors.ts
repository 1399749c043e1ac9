import { XapiError } from '../xapi/index.ts'
import type { Output } from './command.ts'

/** A part of a failure: what it is called, and a line about it. */
export interface Detail {
  readonly label: string
  readonly value: string
}

/** How the original names a complaint of a command's own: only `--trace` shows it (docs/spec/xe-cli-semantics.md 6.5). */
export type ComplaintKind = 'command' | 'spelling'

/** A command cannot do what it was asked, and no host was needed to see it. Its message follows `Error: `. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly kind: ComplaintKind
  /** What it is about one by one, each a line behind the message. */
  readonly details: readonly Detail[]

  constructor(message: string, kind: ComplaintKind = 'command', details: readonly Detail[] = []) {
    super(message)
    this.kind = kind
    this.details = details
  }
}

/** A command did part of what it was asked and was told to go on: there is something to print, and yet it failed. */
export class PartialFailure extends CommandError {
  readonly output: Output

  constructor(message: string, output: Output) {
    super(message)
    this.output = output
  }
}

/** What the original's command line server answers where a value cannot be read (docs/spec/xe-cli-semantics.md 6.1). */
export function internalError(exception: string): XapiError {
  return new XapiError('INTERNAL_ERROR', [exception])
}

/** The failure of `param-name=` with a name that the class does not have (docs/spec/xe-cli-semantics.md 3.9). */
export function missingParameter(name: string): XapiError {
  return new XapiError('Missing parameter', [name])
}
