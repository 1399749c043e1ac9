/** A line of a text, counted from 1. */
export interface Line {
  readonly number: number
  readonly text: string
}

/** The lines of a text as it comes. A last one that nothing ends is one too. */
export async function* linesOf(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Line> {
  let rest = ''
  let number = 0
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n')
    rest += first
    for (const next of others) {
      yield { number: ++number, text: rest.replace(/\r$/, '') }
      rest = next
    }
  }
  if (rest !== '') yield { number: ++number, text: rest.replace(/\r$/, '') }
}
