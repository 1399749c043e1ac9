/** Something that the user of a fake host can put right: a file, an address, a parameter. Its message is one line. */
export class FakeHostError extends Error {
  override readonly name = 'FakeHostError'
}

/** What the system said to an attempt, in its words and without our call: `no such file or directory`. */
export function systemReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return /^E[A-Z0-9]+: ([^,]+)/.exec(text)?.[1] ?? text.split('\n')[0] ?? text
}
