import * as z from 'zod/mini'
import type { Json } from '../../xapi/wire/json.ts'
import { FakeHostError } from '../error.ts'

const MOST = BigInt(Number.MAX_SAFE_INTEGER)

const schema = z.object({
  format: z.string(),
  seed: z.optional(z.bigint().check(z.minimum(-MOST), z.maximum(MOST))),
  objects: z.instanceof(Map<string, Json>),
})

/** The members of a snapshot around its records. Other members are ignored. Throws FakeHostError. */
export function envelope(
  json: ReadonlyMap<string, Json>,
  name: string,
): { seed: number | undefined; objects: ReadonlyMap<string, Json> } {
  const parsed = schema.safeParse(Object.fromEntries(json))
  if (!parsed.success) {
    const members = new Set(parsed.error.issues.map(issue => `"${issue.path.join('.')}"`))
    throw new FakeHostError(`${name}: a snapshot whose ${[...members].join(' and ')} cannot be right`)
  }
  const { seed, objects } = parsed.data
  return { seed: seed === undefined ? undefined : Number(seed), objects }
}
