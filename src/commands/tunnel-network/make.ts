import type { Value } from '../../datamodel/index.ts'
import { withoutDefaults } from '../calls.ts'
import { forEach } from './at-once.ts'
import { visible } from './findings.ts'
import type { Transport } from './selection.ts'
import type { Work } from './work.ts'

/** A tunnel that could not be made. */
export interface Failed extends Transport {
  readonly error: unknown
}

/**
 * Makes a tunnel on each transport. The first is made alone: what is wrong with all of them shows there. A failure or the
 * user's wish ends it, unless failures are to be passed over; what was begun by then is waited for.
 */
export async function makeTunnels(
  { session, signal, progress }: Work,
  network: string,
  transports: readonly Transport[],
  { protocol, keepGoing }: { readonly protocol: string; readonly keepGoing: boolean },
): Promise<readonly Failed[]> {
  const failed: Failed[] = []
  let done = 0
  const isStopped = () => signal.aborted || (failed.length > 0 && !keepGoing)
  const show = (more = '') =>
    progress(
      signal.aborted
        ? 'Stopping: what is under way ends first.'
        : `Making tunnels: ${done} of ${transports.length}${more}`,
    )
  signal.addEventListener('abort', () => show(), { once: true })
  const make = async (transport: Transport) => {
    const { host, pif } = transport
    show(`, ${visible(host.nameLabel)}`)
    const parameters: readonly Value[] = [pif.ref, network, protocol]
    try {
      await session.call('tunnel.create', ...withoutDefaults(parameters, ['gre']))
    } catch (error) {
      failed.push({ ...transport, error })
    }
    done++
    show()
  }
  await forEach(transports.slice(0, 1), isStopped, make)
  await forEach(transports.slice(1), isStopped, make)
  return failed
}
