import { Failure } from '../dispatch/failure.ts'

/** A step whose failure keeps no other from being done. */
export async function tolerating(step: () => unknown): Promise<void> {
  try {
    await step()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
}
