import { datamodel } from '../../datamodel/index.ts'
import { FakeHostError } from '../error.ts'
import { readText } from '../state/index.ts'
import type { User } from './users.ts'

/** Users as they are given, or from a file that holds them as a JSON array. Throws FakeHostError. */
export async function readUsers(source: readonly User[] | string): Promise<readonly User[]> {
  const list = typeof source === 'string' ? await readFile(source) : source
  const known = datamodel().roles.map(role => role.name)
  for (const { username, roles = [] } of list) {
    const unknown = roles.find(role => !known.includes(role))
    if (unknown !== undefined) {
      throw new FakeHostError(`${username}: there is no role ${JSON.stringify(unknown)}; there are ${known.join(', ')}`)
    }
  }
  return list
}

async function readFile(path: string): Promise<readonly User[]> {
  const [text, z, { checked }] = await Promise.all([readText(path), import('zod/mini'), import('../check.ts')])
  const schema = z.array(
    z.strictObject({ username: z.string(), password: z.string(), roles: z.optional(z.array(z.string())) }),
  )
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new FakeHostError(`${path}: the file is no JSON`)
  }
  return checked(schema, json, path)
}
