import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allCommands, isHostCommand } from '../../src/commands/index.ts'
import { hostWith } from './host.ts'
import { run } from './terminal.ts'

const commands = await allCommands()
const names = commands.map(command => command.name)
const handedIn = commands.filter(command => !isHostCommand(command)).map(command => command.name)
const options =
  '-s -h -p -u -pw -pwf --nossl --debug --debug-on-fail --traceparent --trace --minimal --all --ca --insecure --timeout - --'

const text = fc.string({ unit: 'binary', maxLength: 12 })
const word = fc.oneof(
  fc.constantFrom(...names, 'help', '__complete', 'bash', 'fish', ...options.split(' ')),
  fc
    .tuple(
      fc.constantFrom('uuid', 'params', 'param-name', 'param-key', 'other-config:a', 'port', 'nossl', '--timeout', 'minimal', 'session_id', 'network-uuid', 'pif-uuid'), // biome-ignore format: one list
      text,
    )
    .map(pair => pair.join('=')),
  text,
)

/** Answers everything with something that fits nothing. */
const puzzling = () => hostWith(Object.fromEntries(['tunnel', 'PIF', 'network', 'host', 'pool', 'VIF', 'VM'].flatMap(cls => [[`${cls}.get_by_uuid`, 'OpaqueRef:1'], [`${cls}.get_record`, new Map([['uuid', 'u']])], [`${cls}.get_all_records_where`, new Map([['OpaqueRef:1', new Map([['uuid', 'u']])]])]]))) // biome-ignore format: a table

test('whatever words are typed, the command ends with 0 or 1, and no stack is shown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), fc.option(text, { nil: undefined }), async (words, extra) => {
      const programs = new Map(handedIn.map(name => [name, async () => 0] as const))
      const variables = { HOME: '/', XE_EXTRA_ARGS: extra }
      const { status, stderr } = await run(words, { open: puzzling(), programs, variables })
      expect([0, 1]).toContain(status)
      expect(stderr).not.toMatch(/\n +at /)
    }),
    { numRuns: 2000 },
  )
})
