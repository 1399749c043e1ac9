import { type Environment, main } from '../../src/cli/index.ts'
import type { Transport } from '../../src/xapi/index.ts'

/** What is around a command line in a test, beside its words. */
export interface Surroundings extends Partial<Omit<Environment, 'words' | 'open'>> {
  readonly files?: Readonly<Record<string, string>>
  readonly open?: Environment['open'] | Transport
}

/** What a command line came to. */
export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** An environment in which nothing is real, and what was printed in it so far. */
export function surround(
  words: readonly string[],
  surroundings: Surroundings = {},
): { environment: Environment; printed: { stdout: string; stderr: string } } {
  const { files = {}, open, ...given } = surroundings
  const printed = { stdout: '', stderr: '' }
  const writer = (name: keyof typeof printed): Environment['stdout'] => ({
    isTTY: false,
    write(text) {
      printed[name] += text
    },
  })
  const environment: Environment = {
    program: 'xe-tunnel',
    words,
    variables: { HOME: '/home/somebody' },
    stdout: writer('stdout'),
    stderr: writer('stderr'),
    readFile(path) {
      const text = files[path]
      if (text === undefined) throw new Error(`no file ${path}`)
      return text
    },
    async *input() {},
    version: () => '1.2.3',
    cache: { read: () => undefined, write() {} },
    writeFile(path) {
      throw new Error(`nothing expected a file ${path}`)
    },
    open: async (settings, note) => {
      if (open === undefined) throw new Error(`nothing expected a connection to ${settings.server}`)
      return typeof open === 'function' ? open(settings, note) : open
    },
    signal: new AbortController().signal,
    random: length => new Uint8Array(length),
    programs: new Map(),
    ...given,
  }
  return { environment, printed }
}

/** Runs a command line in such an environment. */
export async function run(words: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const { environment, printed } = surround(words, surroundings)
  const status = await main(environment)
  return { status, ...printed }
}
