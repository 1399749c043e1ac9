import { type Command, nothing, values } from '../command.ts'
import { required } from '../parameters.ts'
import { listOf, membersOf, textOf } from './answer.ts'

const PARAMETERS = ['host', 'side', 'pif', 'device', 'unnoticed'] as const

/** What the parser hands over beside a scenario's own parameters. */
const NOT_THE_SCENARIOS: ReadonlySet<string> = new Set(['name', 'username', 'password', 'minimal', 'trace'])

export const scenarioCommands: readonly Command[] = [
  {
    name: 'fake-host-scenario-list',
    required: [],
    optional: [],
    description: 'Show what can go wrong in a fake pool by name, with its parameters, and what is under way.',
    prints: 'A record a scenario. Those under way have ids, by which they are undone.',
    examples: ['fake-host-scenario-list'],
    async run({ askFake }) {
      const { scenarios, running } = membersOf(await askFake('/fake/scenarios/list', {}))
      const ids = (name: string) =>
        listOf(running)
          .map(membersOf)
          .filter(each => each.name === name)
          .map(each => textOf(each.id))
      return {
        kind: 'records',
        records: listOf(scenarios)
          .map(membersOf)
          .map(({ name, description, parameters }) => {
            const taken = Object.entries(membersOf(parameters)).map(([key, text]) => `${key} (${textOf(text)})`)
            const underWay = ids(textOf(name))
            return [
              ['name ( RO)', textOf(name)],
              ['description ( RO)', textOf(description)],
              ['parameters (SRO)', taken.join('; '), taken],
              ['under-way (SRO)', underWay.join('; '), underWay],
            ]
          }),
      }
    },
  },
  {
    name: 'fake-host-scenario-start',
    required: ['name'],
    optional: [...PARAMETERS],
    description: 'Let something go wrong in a fake pool, such as a host that dies, until it is undone.',
    prints: 'The id to undo it by.',
    examples: [
      'fake-host-scenario-start name=host-dies host=host2',
      'fake-host-scenario-start name=network-partition side=host1,host2',
    ],
    async run({ askFake }, parameters) {
      // Also those that no scenario has: the fake host says so.
      const given = parameters.filter(([name]) => !NOT_THE_SCENARIOS.has(name))
      const asked = { name: required(parameters, 'name'), parameters: Object.fromEntries(given) }
      return values(textOf(membersOf(await askFake('/fake/scenarios', asked)).id))
    },
  },
  {
    name: 'fake-host-scenario-undo',
    required: ['id'],
    optional: [],
    description: 'Take back what a scenario did to a fake pool.',
    prints: 'Nothing.',
    examples: ['fake-host-scenario-undo id=host-dies-1'],
    async run({ askFake }, parameters) {
      await askFake('/fake/scenarios/undo', { id: required(parameters, 'id') })
      return nothing
    },
  },
]
