import { JsonError, readJson } from '../../xapi/wire/json.ts'
import { FakeHostError } from '../error.ts'
import { fromJson } from '../json.ts'
import { readText } from '../state/index.ts'
import type { FaultRule } from './rule.ts'

/** Rules that are good, from a file that holds a JSON array of them, or as they were given. Throws FakeHostError. */
export async function readFaults(source: readonly FaultRule[] | string): Promise<readonly FaultRule[]> {
  if (source.length === 0) return []
  const { checkFaults } = await import('./check.ts')
  if (typeof source !== 'string') return checkFaults(source, 'faults')
  return checkFaults(parse(await readText(source), source), source)
}

function parse(text: string, path: string): unknown {
  try {
    return fromJson(readJson(text.replace(/^\uFEFF/, '')))
  } catch (error) {
    if (error instanceof JsonError) throw new FakeHostError(`${path}: this is not JSON (${error.message})`)
    throw error
  }
}
