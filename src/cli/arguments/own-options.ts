import { Ending } from '../ending.ts'
import type { Given } from '../settings.ts'

/** An option that xe does not have. */
interface OwnOption {
  readonly name: string
  /** What its value is called, where it takes one. */
  readonly value?: string
  readonly description: string
  /** Sets it; false where the value makes no sense. */
  readonly set: (settings: Given, value: string) => boolean
}

/** The longest that a timer can run. */
const MOST_SECONDS = 2_147_483

const isSeconds = (value: string): boolean => /^\d+(\.\d+)?$/.test(value) && Number(value) <= MOST_SECONDS

/** All of them: the parser, the usage text and the manual read this table. */
export const ownOptions: readonly OwnOption[] = [
  {
    name: '--timeout',
    value: 'SECONDS',
    description: 'how long one call may take; 30 unless told, 0 for as long as it likes',
    set(settings, value) {
      settings.timeoutSeconds = Number(value)
      return isSeconds(value)
    },
  },
  {
    name: '--ca',
    value: 'FILE',
    description: "trust the certificates in this file (PEM) instead of the system's",
    set(settings, value) {
      settings.ca = value
      return value !== ''
    },
  },
  {
    name: '--insecure',
    description: 'do not verify the certificate of the host',
    set(settings) {
      settings.insecure = true
      return true
    },
  },
]

/** The option as a user types it. */
export function spelled({ name, value }: OwnOption): string {
  return value === undefined ? name : `${name}=${value}`
}

/** Splits words into those of our own options and the others. */
export function splitOwn(words: readonly string[]): {
  readonly own: readonly string[]
  readonly rest: readonly string[]
} {
  const isOwn = (word: string): boolean => ownOptions.some(({ name }) => word === name || word.startsWith(`${name}=`))
  return { own: words.filter(isOwn), rest: words.filter(word => !isOwn(word)) }
}

/** Sets what our own options say, the last of a name for good. Throws Ending on a bad one. */
export async function setOwn(settings: Given, words: readonly string[]): Promise<void> {
  if (words.length === 0) return
  const { Command, CommanderError, InvalidArgumentError } = await import('commander')
  const parser = new Command()
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr() {} })
  for (const { name, value, set } of ownOptions) {
    parser.option(value === undefined ? name : `${name} <${value}>`)
    parser.on(`option:${name.slice(2)}`, (given: string | null) => {
      if (!set(settings, given ?? '')) throw new InvalidArgumentError(`${name} cannot be '${given}'`)
    })
  }
  try {
    parser.parse([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new Ending(`Error: ${error.message.replace(/^error: /, '').split('\n', 1)[0]}\n`, 1)
  }
}
