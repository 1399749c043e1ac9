import { describe, type SuiteFactory } from 'vitest'
import { findProgram, output } from './programs.ts'

const PROGRAMS = ['ovsdb-server', 'ovsdb-tool', 'ovs-vswitchd', 'ovs-vsctl', 'ovs-appctl']

const missingPrograms = (names: readonly string[]): string | undefined => {
  const missing = names.filter(name => findProgram(name) === undefined)
  return missing.length > 0 ? `${missing.join(', ')} not found` : undefined
}

/** Why no switch can be started here; undefined: it can. */
export const noSwitch: string | undefined = missingPrograms(PROGRAMS)

/** Why no network namespaces with switches can be made here; undefined: they can. It is tried out. */
export const noNamespaces = async (): Promise<string | undefined> =>
  noSwitch ?? missingPrograms(['ip', 'ping']) ?? (await namespaceTrouble())

async function namespaceTrouble(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'this is not root'
  const name = `xtprobe${process.pid}`
  try {
    await output('ip', ['netns', 'add', name])
    await output('ip', ['-n', name, 'tuntap', 'add', 'probe', 'mode', 'tap'])
    return undefined
  } catch (error) {
    return `no network namespaces or tap devices: ${String(error).split('\n').at(-1)}`
  } finally {
    await output('ip', ['netns', 'del', name]).catch(() => '')
  }
}

/** A suite that needs what `trouble` says is missing: it is then skipped, and both its title and stderr say why. */
export function describeUnless(trouble: string | undefined, title: string, suite: SuiteFactory): void {
  if (trouble === undefined) {
    describe(title, suite)
    return
  }
  process.stderr.write(`SKIPPED: ${title}: ${trouble}\n`)
  describe.skip(`${title} (skipped: ${trouble})`, suite)
}
