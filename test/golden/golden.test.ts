import { describe, expect, test } from 'vitest'
import { memoryTransport, type WireParameter } from '../../src/xapi/index.ts'
import { run } from '../cli/terminal.ts'
import { type Case, type Json, type Pack, readPack } from './pack.ts'
import { createStub } from './stub.ts'
import { type Messages, matches } from './texts.ts'

const messages: Messages = new Map()

describe.each(['cases-tunnel.json', 'cases-families.json'])('what the original was seen to do (%s)', name => {
  const pack = readPack(name)
  test.each(pack.cases)('$name: xe $args', async each => {
    const { states, answers = [] } = pack
    const stub = createStub({
      ...each,
      objects: states[each.state] ?? {},
      answers: [...(each.answers ?? []), ...answers],
    })
    const transport = memoryTransport(async (method, parameters) => stub.call(method, parameters))
    const credentials = ['-u', each.user ?? 'root', '-pw', each.password ?? 'pw']
    const words = [...each.args, '-s', '127.0.0.1', '-p', '80', '--nossl', ...credentials]

    const { status, stdout, stderr } = await run(words, { open: transport })

    expect(status).toBe(each.exit)
    expect(stdout).toSatisfy((text: string) => matches(each.stdout, text, messages), each.stdout)
    expect(stderr).toSatisfy((text: string) => matches(each.stderr, text, messages), each.stderr)
    expectChanges(pack, each, stub.calls)
    expect(stub.sessions.size).toBeLessThanOrEqual(each.sessionsLeft ?? 0)
  })
})

/** Calls that only look; what a command reads, and how, is its own affair. */
const reads = /\.(get_\w+|query_data_source|compute_free_memory|login_with_password|logout)$/

function expectChanges(pack: Pack, { changes, calls }: Case, made: readonly (readonly WireParameter[])[]): void {
  const changing = made.filter(([method]) => !reads.test(String(method)))
  expect(changing.map(([method]) => method)).toEqual(changes)
  if (!calls) return
  const completed = ([method = '', ...parameters]: readonly (WireParameter | Json)[]) => {
    const defaults = pack.defaults?.[String(method)] ?? []
    return [method, ...[...parameters, ...defaults.slice(parameters.length)].map(plain)]
  }
  expect(changing.map(([method = '', , ...parameters]) => completed([method, ...parameters]))).toEqual(
    calls.map(completed),
  )
}

/** An int is text on the wire, and a map a struct. */
function plain(value: WireParameter | Json): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, member]) => [key, plain(member)]))
  return value
}
