import { describe, type SuiteFactory } from 'vitest'
import { findProgram } from './programs.ts'

const PROGRAMS = ['ovsdb-server', 'ovsdb-tool', 'ovs-vswitchd', 'ovs-vsctl', 'ovs-appctl']

const missingPrograms = (names: readonly string[]): string | undefined => {
  const missing = names.filter(name => findProgram(name) === undefined)
  return missing.length > 0 ? `${missing.join(', ')} not found` : undefined
}

/** Why no switch can be started here; undefined: it can. */
export const noSwitch: string | undefined = missingPrograms(PROGRAMS)

/** A suite that needs what `trouble` says is missing: it is then skipped, and both its title and stderr say why. */
export function describeUnless(trouble: string | undefined, title: string, suite: SuiteFactory): void {
  if (trouble === undefined) {
    describe(title, suite)
    return
  }
  process.stderr.write(`SKIPPED: ${title}: ${trouble}\n`)
  describe.skip(`${title} (skipped: ${trouble})`, suite)
}
