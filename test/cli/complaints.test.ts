import { describe, expect, it, test } from 'vitest'
import { usageHint as hintFor } from '../../src/cli/usage.ts'
import { type Transport, TransportError } from '../../src/xapi/index.ts'
import { fails, hostWith } from './host.ts'
import { run } from './terminal.ts'

const usageHint = hintFor('xe-tunnel')

const unreachable: Partial<Transport> = {
  probe: async () => {
    throw new TransportError('refused', 'h:443 refuses connections')
  },
}
const internalError = /\nmessage: INTERNAL_ERROR: \[ Invalid_argument\("bool_of_string"\) \]\n$/

test.each([
  ['an unknown command', ['nonsense'], `Unknown command: nonsense\n${usageHint}\n`],
  ['an unknown command with the name of a thing', ['constructor'], `Unknown command: constructor\n${usageHint}\n`],
  ['a flag as the command', ['--minimal', 'tunnel-list'], `Unknown command: --minimal\n${usageHint}\n`],
  ['an empty command', [''], `Unknown command: \n${usageHint}\n`],
  ['the first missing parameter', ['tunnel-create'], `Required parameter not found: pif-uuid\n${usageHint}\n`],
  ['a syntax error', ['tunnel-list', '-x'], `Syntax error: \n${usageHint}\n`],
])('%s is reported without a login, once the host has been reached', async (_, words, stderr) => {
  const host = hostWith()
  expect(await run(words, { open: host })).toEqual({ status: 1, stdout: '', stderr })
  expect(host.calls).toEqual([])
  expect(host.isClosed).toBe(true)
})

test.each([[['nonsense']], [['tunnel-create']], [['tunnel-list', '-x']], [['tunnel-list', 'minimal=x']]])(
  'a host that cannot be reached hides what is wrong with %j',
  async words => {
    const host = hostWith({}, unreachable)
    expect(await run(words, { open: host })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: h:443 refuses connections\n',
    })
    expect(host.isClosed).toBe(true)
  },
)

describe('complaints come in one order', () => {
  it('a syntax error before a bad minimal', async () => {
    const { stderr } = await run(['tunnel-list', 'minimal=x', '-x'], { open: hostWith() })
    expect(stderr).toMatch(/^Syntax error: \n/)
  })

  it('a bad minimal before an unknown command', async () => {
    expect((await run(['nonsense', 'minimal=x'], { open: hostWith() })).stderr).toMatch(internalError)
  })

  it('a missing parameter before a wrong password', async () => {
    const host = hostWith({ 'session.login_with_password': fails('SESSION_AUTHENTICATION_FAILED', 'root', 'x') })
    expect((await run(['tunnel-destroy'], { open: host })).stderr).toMatch(/^Required parameter not found: uuid\n/)
    expect((await run(['tunnel-destroy', 'uuid=x'], { open: host })).stderr).toBe(
      `Authentication failed\n${usageHint}\n`,
    )
  })

  it('the other command-line errors before any of them', async () => {
    const { stderr } = await run(['nonsense', 'nossl=x'], { open: hostWith() })
    expect(stderr).toMatch(/^Unhandled exception\n/)
  })
})

it('what is wrong with help needs no host', async () => {
  const { status, stderr } = await run(['help', 'minimal=x'])
  expect(status).toBe(1)
  expect(stderr).toMatch(internalError)
})

it('a program gets its parameters, without the credentials behind them, and no host', async () => {
  const programs = new Map([
    [
      'fake-host-serve',
      async ({ settings, parameters }: { settings: { username: string | undefined }; parameters: unknown }) => {
        expect(settings.username).toBe('joe')
        expect(parameters).toEqual([
          ['hosts', '3'],
          ['background', 'true'],
        ])
        return 7
      },
    ],
  ])
  expect((await run(['fake-host-serve', 'hosts=3', '--background', '-u', 'joe'], { programs })).status).toBe(7)
})
