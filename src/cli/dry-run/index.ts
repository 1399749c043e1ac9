import { CommandError, type Context, type Session } from '../../commands/index.ts'
import { datamodel } from '../../datamodel/index.ts'
import { TransportError } from '../../xapi/index.ts'
import type { Call } from '../formats/index.ts'
import type { CommandPlan } from '../plan.ts'
import { isRead } from './reads.ts'
import { isUnknown, unknownResult } from './unknown.ts'

/**
 * Runs a command on a host that it cannot change: calls that read are made, all others are only noted, and so are those that
 * would need the result of one. Gives the calls in order. Throws what a call that is made throws.
 */
export async function dryRun({ command, parameters }: CommandPlan, context: Context): Promise<readonly Call[]> {
  const calls: Call[] = []
  let unknowns = 0
  const dry = (session: Session): Session => ({
    ref: session.ref,
    async call(method, ...given) {
      const made = isRead(method) && !given.some(isUnknown)
      const at = calls.push({ method, parameters: given, made, result: undefined }) - 1
      const result = made
        ? await session.call(method, ...given)
        : unknownResult(datamodel().messages.get(method)?.result, () => ++unknowns)
      calls[at] = { method, parameters: given, made, result }
      return result
    },
  })
  try {
    const session = dry(context.session)
    await command.run({ ...context, session, sessionOf: ref => dry(context.sessionOf(ref)), askFake }, parameters)
  } catch (error) {
    // What comes next may hang on what nobody knows: then the calls until here are all that can be told.
    if (!(error instanceof TransportError && error.kind === 'protocol' && unknowns > 0)) throw error
  }
  return calls
}

async function askFake(): Promise<never> {
  throw new CommandError('what a fake host is asked beside its API cannot be shown: leave --dry-run out')
}
