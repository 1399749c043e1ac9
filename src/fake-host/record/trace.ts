import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Value } from '../../datamodel/index.ts'
import { jsonForm } from '../../xapi/wire/json-form.ts'
import { FakeHostError, systemReason } from '../error.ts'
import type { CallListener } from './history.ts'

/** A file that gets a line for each call. */
export interface Trace {
  readonly onAnswer: CallListener
  /** Writes what is left. Throws FakeHostError where not all could be written. */
  close(): Promise<void>
}

/**
 * Opens a trace, which goes on at the end of a file that is there: a JSON object on each line, with `time`, `ms`, `method`,
 * `params`, then `result` or `error`, and `damage` where a fault spoilt the answer. Throws FakeHostError.
 */
export async function openTrace(path: string): Promise<Trace> {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  let failure: unknown
  stream.on('error', error => {
    failure ??= error
  })
  await once(stream, 'open').catch(error => refuse(path, error))
  return {
    onAnswer(call, answer, open) {
      const { time, method, params, ms, error, damage } = call
      const outcome = answer.ok ? (['result', open.result(answer)] as const) : (['error', error ?? []] as const)
      if (failure === undefined) {
        write(stream, [
          ['time', time],
          ['ms', ms ?? 0],
          ['method', method],
          ['params', params],
          outcome,
          ['damage', damage],
        ])
      }
    },
    async close() {
      stream.end()
      await finished(stream).catch(error => refuse(path, error))
    },
  }
}

function write(stream: WriteStream, members: readonly (readonly [name: string, value: Value | undefined])[]): void {
  const given = members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  stream.write(`${jsonForm({ kind: 'any' }, new Map(given))}\n`)
}

function refuse(path: string, error: unknown): never {
  throw new FakeHostError(`the trace ${path} cannot be written: ${systemReason(error)}`)
}
