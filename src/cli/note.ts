import { XapiError } from '../xapi/index.ts'
import type { Environment, Way } from './environment.ts'
import type { Settings } from './settings.ts'

/** Takes the lines of `--debug` and `--debug-on-fail`. */
export interface Notes {
  readonly note: (line: string) => void
  /** Says what was kept back, if the command failed. */
  readonly end: (status: number) => void
}

/** Lines go to stderr at once, or are kept for a failure, which takes precedence (docs/spec/xe-cli-semantics.md 6.6). */
export function notes({ debug, debugOnFail }: Settings, { stderr }: Environment): Notes {
  const kept: string[] = []
  return {
    note(line) {
      if (debugOnFail) kept.push(`${line}\n`)
      else if (debug) stderr.write(`${line}\n`)
    },
    end(status) {
      if (debugOnFail && status !== 0) stderr.write(`\nDebug info:\n\n${kept.join('')}`)
    },
  }
}

/** The same transport, which names each call and how it ended, but nothing of what it carried. */
export function noting(transport: Way, note: (line: string) => void): Way {
  return {
    ...transport,
    async call(method, parameters, options) {
      note(`Call ${method}`)
      try {
        return await transport.call(method, parameters, options)
      } catch (error) {
        note(`${method} failed: ${error instanceof XapiError ? error.code : String(error)}`)
        throw error
      }
    },
  }
}
