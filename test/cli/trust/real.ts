import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, knownHostsPath, openHost } from '../../../src/cli/index.ts'
import { type Outcome, run, type Surroundings } from '../terminal.ts'

/** A home of a user's own, gone with the test. */
export interface Home extends Disposable {
  readonly path: string
  readonly knownHosts: string
  /** What the file of known hosts holds; empty where there is none. */
  known(): string
  /** Runs a command line that reaches real hosts, with somebody to answer questions or nobody. */
  run(words: readonly string[], surroundings?: Surroundings): Promise<Outcome>
}

export function home(): Home {
  const path = mkdtempSync(join(tmpdir(), 'xe-tunnel-home-'))
  const knownHosts = knownHostsPath({ HOME: path })
  return {
    path,
    knownHosts,
    known() {
      try {
        return readFileSync(knownHosts, 'utf8')
      } catch {
        return ''
      }
    },
    async run(words, surroundings = {}) {
      let said = ''
      const say = (text: string): void => {
        said += text
      }
      const readFile: Environment['readFile'] = file => readFileSync(file, 'utf8')
      const outcome = await run(words, {
        open: (settings, note) =>
          openHost(settings, readFile, note, {
            knownHosts,
            ask: surroundings.ask,
            say,
            systemFile: surroundings.variables?.SSL_CERT_FILE,
          }),
        readFile,
        ...surroundings,
      })
      return { ...outcome, stderr: said + outcome.stderr }
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  }
}

/** Somebody who gives these answers, and what he was asked. */
export function somebody(...answers: readonly (string | undefined)[]): {
  readonly ask: NonNullable<Environment['ask']>
  readonly asked: string[]
} {
  const asked: string[] = []
  const left = [...answers]
  return {
    asked,
    async ask(question, { secret = false }) {
      asked.push(secret ? `(hidden) ${question}` : question)
      if (left.length === 0) throw new Error(`nobody expected to be asked: ${question}`)
      return left.shift()
    },
  }
}
