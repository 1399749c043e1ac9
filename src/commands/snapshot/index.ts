import type { Command } from '../command.ts'
import { required } from '../parameters.ts'
import { readPool } from './read-pool.ts'
import { snapshotText } from './snapshot-text.ts'

/** Commands about fake hosts that talk to a host. */
export const snapshotCommands: readonly Command[] = [
  {
    name: 'fake-host-save',
    required: ['file'],
    optional: [],
    description: 'Save the pool of a host, without its secrets, as a snapshot that a fake host can start from.',
    prints: 'Nothing. What was left out is told on standard error.',
    examples: ['fake-host-save -s host.example -u root -pwf ~/.xe-password file=pool.json'],
    async run({ session }, parameters) {
      const { objects, refused, secrets: unread } = await readPool(session)
      const { text, secrets } = snapshotText(objects)
      const all = [...(unread > 0 ? [['secret', unread] as const] : []), ...secrets]
      const notes = refused.map(([cls, code]) => `left out class ${cls}: the host answered ${code}`)
      if (all.length > 0) notes.push(`left out secrets: ${all.map(([what, count]) => `${what} (${count})`).join(', ')}`)
      return { kind: 'file', path: required(parameters, 'file'), text, notes }
    },
  },
]
