import { expect, test } from 'vitest'
import { fails, hostWith } from '../host.ts'
import { run } from '../terminal.ts'

const broken = () => hostWith({ 'PIF.get_by_uuid': fails('UUID_INVALID', 'PIF', 'x') })

test.each([
  ['a failure of the host', ['pif-plug', 'uuid=x'], 'Server_error(UUID_INVALID, [ PIF; x ])'],
  ['an unknown command', ['nonsense'], 'Xapi_cli.Unknown_command("nonsense")'],
  ['a missing parameter', ['pif-plug'], 'Cli_frontend.ParamNotFound("uuid")'],
])('--trace names the exception behind %s after the failure itself', async (_, words, raised) => {
  const plain = await run(words, { open: broken() })
  const traced = await run([...words, '--trace'], { open: broken() })
  expect(traced).toEqual({ ...plain, stderr: `${plain.stderr}Raised ${raised}\nBacktrace:\n` })
})

test('--trace tells complaints about spelling from other complaints of a command', async () => {
  const host = hostWith({ 'network.get_by_uuid': 'OpaqueRef:n', 'PIF.get_by_uuid': 'OpaqueRef:p' })
  const create = ['tunnel-create', 'pif-uuid=p', 'network-uuid=n', 'protocol=stt', '--trace']
  expect((await run(create, { open: host })).stderr).toMatch(
    /\nRaised Record_util__Generated_record_utils\.Record_failure\(".*"\)\n/,
  )
  const vlan = ['vlan-create', 'pif-uuid=p', 'network-uuid=n', 'vlan=x', '--trace']
  expect((await run(vlan, { open: host })).stderr).toMatch(/\nRaised Cli_util\.Cli_failure\(".*"\)\n/)
})

test('--trace has nothing to add to a syntax error', async () => {
  const plain = await run(['pif-plug', '-x'], { open: hostWith() })
  expect(await run(['pif-plug', '--trace', '-x'], { open: hostWith() })).toEqual(plain)
})

test('a bad value of trace only shows on failure, as a second complaint', async () => {
  const { stderr } = await run(['pif-plug', 'uuid=x', 'trace=maybe'], { open: broken() })
  expect(stderr).toMatch(/\nuuid: x\nError: trace: 'maybe' [^\n]*\n$/)
  const host = hostWith({ 'tunnel.get_all_records_where': new Map() })
  expect((await run(['tunnel-list', 'trace=maybe'], { open: host })).status).toBe(0)
})
