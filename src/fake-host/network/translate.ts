import type { Ref } from '../../datamodel/index.ts'
import { Failure } from '../dispatch/failure.ts'
import { DaemonError, ScriptError, VlanInUse } from './daemon.ts'

/** Runs steps on a PIF's bridges; their failures become those of a call (docs/spec/networking-semantics.md 10.2). */
export async function translatingFailures(pif: Ref<'PIF'>, steps: () => Promise<void>): Promise<void> {
  try {
    await steps()
  } catch (error) {
    if (error instanceof VlanInUse) throw new Failure('VLAN_IN_USE', error.device, String(error.tag))
    if (error instanceof ScriptError) throw new Failure('PIF_CONFIGURATION_ERROR', pif, error.message)
    if (error instanceof DaemonError || error instanceof Failure) throw new Failure('PIF_CONFIGURATION_ERROR', pif, '')
    throw error
  }
}
