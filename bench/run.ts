import { batch } from './batch.ts'
import { bigPool } from './big-pool.ts'
import { calls } from './calls.ts'
import { controller } from './controller.ts'
import { controllerActive } from './controller-active.ts'
import { controllerEvent } from './controller-event.ts'
import { list } from './list.ts'
import { memory } from './memory.ts'
import { startup } from './startup.ts'
import { tunnelCreate } from './tunnel-create.ts'

process.chdir(new URL('..', import.meta.url).pathname)
const wanted = process.argv.slice(2)
for (const [name, bench] of Object.entries({
  startup,
  'tunnel-create': tunnelCreate,
  calls,
  list,
  memory,
  'big-pool': bigPool,
  batch,
  controller,
  'controller-event': controllerEvent,
  'controller-active': controllerActive,
})) {
  if (wanted.length === 0 || wanted.includes(name)) console.log(`${name}: ${await bench()}`)
}
