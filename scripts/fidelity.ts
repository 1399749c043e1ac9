import { datamodel } from '../src/datamodel/index.ts'
import { type Coverage, coverageOf } from '../src/fake-host/coverage.ts'

/** docs/fidelity.md: for each message of the datamodel, whether the fake host has behaviour for it. */
export function fidelity(): string {
  const { classes, messages } = datamodel()
  const all = [...messages.values()]
  const count = (kind: Coverage) => all.filter(message => coverageOf(message) === kind).length
  const named = (cls: string, kind: Coverage) =>
    all
      .filter(message => message.class === cls && coverageOf(message) === kind)
      .map(message => `\`${message.name.slice(cls.length + 1)}\``)
      .join(', ')
  const sections = [...classes.keys()].flatMap(cls => {
    const lines = [
      ['Implemented', named(cls, 'implemented')],
      ['Not implemented', named(cls, 'not implemented')],
    ].filter(([, names]) => names)
    const generated = all.filter(message => message.class === cls && coverageOf(message) === 'generated').length
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

- All hosts of a pool share one database: a new coordinator knows all that the one before knew.
- A host that is stopped counts as dead at once, unless told otherwise; a real pool takes minutes to notice.
- A boot takes no time, and a host that joined a pool is played by the pool's process (decisions/joining.md).
- VMs start, stop and move as records and as ports of bridges. Nothing runs in them, and they have no storage.
- A NIC loses its carrier only by a scenario, and DHCP hands out no new addresses.

## By class

${sections.join('\n')}`
}
