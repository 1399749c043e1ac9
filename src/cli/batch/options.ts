import { CommandError, type Parameters } from '../../commands/index.ts'

export interface BatchOptions {
  /** Undefined: standard input. */
  readonly file: string | undefined
  readonly keepGoing: boolean
  /** How many commands may run at a time. */
  readonly parallel: number
}

const MOST = 64

/** What `batch` is told; `--parallel=N` comes with all of that as its name. Throws CommandError. */
export function readOptions(parameters: Parameters): BatchOptions {
  let [file, keepGoing, parallel]: [string | undefined, boolean, number] = [undefined, false, 1]
  for (const [given, behind] of parameters) {
    const at = given.indexOf('=')
    const [name, value] = at < 0 ? [given, behind] : [given.slice(0, at), given.slice(at + 1)]
    if (name === 'file') file = named(value)
    else if (name === 'keep-going') keepGoing = truth(value)
    else if (name === 'parallel') parallel = count(value)
    else if (name !== 'minimal' && name !== 'trace')
      throw new CommandError(`batch knows file=FILE, --keep-going and --parallel=N, and not ${JSON.stringify(given)}`)
  }
  return { file, keepGoing, parallel }
}

function named(value: string): string | undefined {
  if (value === '') throw new CommandError('file= needs the name of a file, or - for what is typed')
  return value === '-' ? undefined : value
}

function truth(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true'
  throw new CommandError('--keep-going is true or false')
}

function count(value: string): number {
  const number = /^\d{1,3}$/.test(value) ? Number(value) : 0
  if (number < 1 || number > MOST) throw new CommandError(`--parallel=${value}: a number from 1 to ${MOST} is needed`)
  return number
}
