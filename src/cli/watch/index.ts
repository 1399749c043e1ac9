import { setTimeout as pause } from 'node:timers/promises'
import { CommandError, type Context } from '../../commands/index.ts'
import type { ClassName } from '../../datamodel/index.ts'
import { type Session, TransportError, XapiError } from '../../xapi/index.ts'
import { fakePool } from '../address.ts'
import type { Environment } from '../environment.ts'
import type { CommandPlan } from '../plan.ts'
import { screenOf } from '../screen.ts'
import type { Settings } from '../settings.ts'
import { changeLines } from './lines.ts'
import { redrawing } from './redraw.ts'
import type { Show } from './show.ts'

/** How long to wait before a list is asked for again that could not be had, in milliseconds. */
const RETRY_MS = 1000

/**
 * Follows a list: shows it, and shows it again whenever events tell that objects have changed that decide what it shows. On a
 * terminal it is drawn anew in its place, anywhere else each change is a line. Ends with the environment's signal, and once
 * nobody reads; throws what cannot be overcome by waiting.
 */
export async function watch(
  environment: Environment,
  settings: Settings,
  { name, command, parameters, minimal }: CommandPlan,
  session: Session,
  context: Context,
): Promise<number> {
  if (fakePool(settings) !== undefined)
    throw new CommandError(
      'a pool in a file stands still for whoever looks at it: fake-host-serve state=FILE serves it',
    )
  const form = settings.output
  const { stdout, variables } = environment
  const isDrawn = stdout.isTTY && variables.TERM !== 'dumb' && form !== 'json'
  const style = { form, command: name, screen: screenOf(environment) }
  const show: Show = isDrawn ? redrawing(environment, style, minimal) : changeLines(stdout, style)
  const failed = new AbortController()
  const ends = AbortSignal.any([failed.signal, ...(stdout.closed ? [stdout.closed] : [])])

  async function list(): Promise<void> {
    while (!ends.aborted) {
      try {
        return await show(await command.run(context, parameters))
      } catch (error) {
        if (!isPassing(error)) throw error
        await pause(RETRY_MS, undefined, { signal: ends }).catch(() => {}) // the watch sees to the connection
      }
    }
  }
  let isDue = false
  let work: Promise<void> | undefined
  function refresh(): void {
    isDue = true
    work ??= (async () => {
      while (isDue && !ends.aborted) {
        isDue = false
        await list()
      }
    })()
      .catch(error => failed.abort(error))
      .finally(() => {
        work = undefined
      })
  }

  // A list names classes as the datamodel does; a class without events is refused before anything is asked.
  const classes = (command.watches?.(parameters) ?? []) as ClassName[]
  try {
    for await (const _ of session.watch(classes, { existing: false, signal: ends, onCurrent: refresh }));
  } finally {
    if (!ends.aborted) failed.abort()
    await work
  }
  if (failed.signal.reason && failed.signal.reason.name !== 'AbortError') throw failed.signal.reason
  return 0
}

/** Whether it may go away by itself: the watch meets the same and gives up where it does not. */
function isPassing(error: unknown): boolean {
  if (error instanceof TransportError) return error.kind !== 'cancelled' && error.kind !== 'unsendable'
  return error instanceof XapiError && error.code === 'SESSION_INVALID'
}
