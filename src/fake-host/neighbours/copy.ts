import type { Json } from '../../xapi/wire/json.ts'
import { checkObjects, Database, Findings, loadObjects, type Stored } from '../database/index.ts'
import { Random } from '../random.ts'
import { type Neighbour, Unintelligible } from './reach.ts'

/** Reads the objects of some classes of another pool into a database of their own, to look at. */
export async function copyOf(neighbour: Neighbour, session: string, classes: readonly Stored[]): Promise<Database> {
  const objects = new Map<string, Json>()
  for (const cls of classes) objects.set(cls, await neighbour.call(`${cls}.get_all_records`, session))
  const options = { name: 'the other pool', lenient: true }
  const db = new Database(new Random(0))
  try {
    loadObjects(db, checkObjects(objects, new Findings(options), options.name).objects)
  } catch (error) {
    throw new Unintelligible(error instanceof Error ? error.message : String(error))
  }
  return db
}
