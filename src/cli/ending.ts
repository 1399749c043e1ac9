/** The command line is done before anything was asked of a host: something to say on stderr, and an exit status. */
export class Ending extends Error {
  override readonly name = 'Ending'
  readonly status: number
  /** Whether the usage text follows. */
  readonly usage: boolean

  /** `text` is whole lines, or empty. */
  constructor(text: string, status: number, usage = false) {
    super(text)
    this.status = status
    this.usage = usage
  }
}

/** A complaint about the command line itself, which a line on how to get help follows (docs/spec/xe-cli-semantics.md 1.9). */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** What the original calls it; only `--trace` shows it. Syntax errors show nothing. */
  readonly original: string | undefined

  constructor(message: string, original?: string) {
    super(message)
    this.original = original
  }
}
