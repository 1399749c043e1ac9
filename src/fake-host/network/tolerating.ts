import { Failure } from '../dispatch/failure.ts'
import { DaemonError } from './daemon.ts'

/** A step whose failure keeps no other from being done. */
export async function tolerating(step: () => unknown): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (!(error instanceof Failure || error instanceof DaemonError)) throw error
  }
}
