type Facts = Readonly<Record<string, string | number | undefined>>

/** What a controller tells of itself. */
export interface Log {
  debug(message: string, facts: Facts): void
  info(message: string, facts: Facts): void
  warn(message: string, facts: Facts): void
}

interface Lines {
  readonly write: (text: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly json: boolean
  /** The least that is worth a line. */
  readonly level: Level
}

type Level = 'debug' | 'info' | 'warn'

const LEVELS: readonly Level[] = ['debug', 'info', 'warn']

/** A log of one line each, for people or, as JSON, for programs. */
export function createLog({ write, now, json, level: least }: Lines): Log {
  const line = (level: Level) => (message: string, facts: Facts) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return
    const time = new Date(now()).toISOString()
    const known = Object.entries(facts).filter(([, value]) => value !== undefined)
    if (json) write(`${JSON.stringify({ time, level, message, ...Object.fromEntries(known) })}\n`)
    else
      write(
        `${time} ${level.padEnd(5)} ${message}${known.map(([name, value]) => ` ${name}=${quoted(value)}`).join('')}\n`,
      )
  }
  return { debug: line('debug'), info: line('info'), warn: line('warn') }
}

const quoted = (value: string | number | undefined): string =>
  typeof value === 'string' && !/^[\w.:/-]+$/.test(value) ? JSON.stringify(value) : String(value)
