import { datamodel, type Message } from '../src/datamodel/index.ts'
import { generatedBody } from '../src/fake-host/dispatch/generated.ts'
import { bodyOf } from '../src/fake-host/messages/index.ts'

type Coverage = 'implemented' | 'generated' | 'removed' | 'not implemented'

function coverage(message: Message): Coverage {
  if (message.removed) return 'removed'
  if (bodyOf(message)) return 'implemented'
  return generatedBody(message) ? 'generated' : 'not implemented'
}

/** docs/fidelity.md: for each message of the datamodel, whether the fake host has behaviour for it. */
export function fidelity(): string {
  const { classes, messages } = datamodel()
  const all = [...messages.values()]
  const count = (kind: Coverage) => all.filter(message => coverage(message) === kind).length
  const named = (cls: string, kind: Coverage) =>
    all
      .filter(message => message.class === cls && coverage(message) === kind)
      .map(message => `\`${message.name.slice(cls.length + 1)}\``)
      .join(', ')
  const sections = [...classes.keys()].flatMap(cls => {
    const lines = [
      ['Implemented', named(cls, 'implemented')],
      ['Not implemented', named(cls, 'not implemented')],
    ].filter(([, names]) => names)
    const generated = all.filter(message => message.class === cls && coverage(message) === 'generated').length
    return [`### ${cls}`, '', ...lines.map(([title, names]) => `- ${title}: ${names}`), `- Generated: ${generated}`, '']
  })
  return `# What the fake host does

<!-- Written by \`npm run generate\` from the datamodel and the code. -->

XenAPI ${datamodel().apiVersion.major}.${datamodel().apiVersion.minor} has ${all.length} messages. Of these, the fake host

| | messages | |
|---|---|---|
| implements | ${count('implemented')} | with the checks, effects and errors of a host |
| generates | ${count('generated')} | getters, setters and the like, which follow from fields and classes |
| answers MESSAGE_REMOVED | ${count('removed')} | as a host does, for messages that this release has dropped |
| answers NOT_IMPLEMENTED | ${count('not implemented')} | with the name of the message as parameter |

Constructors and destructors that are merely generated keep and drop records: nothing is started, stored or plugged.

## Known differences from a host

- \`Async.\` calls answer NOT_IMPLEMENTED: there are no tasks yet.
- Every session is that of local root; roles are not enforced yet.
- A NIC never loses its carrier, and DHCP hands out no new addresses.

## By class

${sections.join('\n')}`
}
