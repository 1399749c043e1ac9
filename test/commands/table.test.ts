import { describe, expect, it, test } from 'vitest'
import { allCommands, findCommand, isHostCommand } from '../../src/commands/index.ts'

const all = await allCommands()

describe('the command table', () => {
  it('is sorted bytewise and names each command once', () => {
    const names = all.map(command => command.name)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('hides what xe hides', () => {
    expect(all.filter(command => command.hidden).map(command => command.name)).toEqual([
      'network-attach',
      'pif-db-forget',
    ])
  })

  it('has nothing that it cannot find by name', async () => {
    for (const command of all) expect(await findCommand(command.name)).toMatchObject({ name: command.name })
  })

  it.each([
    '',
    'tunnel',
    'tunnel-',
    'TUNNEL-LIST',
    'constructor',
    '__proto__',
    'network-sriov-param-set',
    'vlan-param-clear',
  ])('has no command called %j', async name => {
    expect(await findCommand(name)).toBeUndefined()
  })
})

test.each(all)(
  '$name is described in one line, says what it prints, and has an example',
  ({ name, description, prints, examples = [] }) => {
    expect(description).toMatch(/^[A-Z][^\n]*\.$/)
    expect(prints).toMatch(/^[A-Z]/)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(example.split(' ')[0]).toBe(name)
  },
)

test.each(all.filter(command => isHostCommand(command)))(
  'the examples of $name give all that is required',
  ({ required, examples = [] }) => {
    for (const example of examples) for (const parameter of required) expect(example).toContain(` ${parameter}=`)
  },
)
