import { describe, expect, it } from 'vitest'
import { fails, hostWith } from './host.ts'
import { run } from './terminal.ts'

const surroundings = () => ({
  open: async (_: unknown, note: (line: string) => void) => {
    note('Trying somewhere')
    return hostWith({ 'tunnel.get_all_records_where': new Map(), 'PIF.get_by_uuid': fails('UUID_INVALID', 'PIF', 'x') })
  },
})

describe('--debug', () => {
  it('says on stderr what is done, and nothing of what is sent', async () => {
    const { stdout, stderr } = await run(['tunnel-list', '--debug', '-pw', 'secret', '--minimal'], surroundings())
    expect(stdout).toBe('\n')
    expect(stderr.split('\n')).toEqual([
      'Trying somewhere',
      'Call session.login_with_password',
      'Call tunnel.get_all_records_where',
      'Call session.logout',
      '',
    ])
  })

  it('names the codes of failures', async () => {
    const { stderr } = await run(['pif-plug', 'uuid=x', '--debug'], surroundings())
    expect(stderr).toContain('\nPIF.get_by_uuid failed: UUID_INVALID\n')
  })
})

describe('--debug-on-fail', () => {
  it('keeps its lines for a failure', async () => {
    const { stderr } = await run(['pif-plug', 'uuid=x', '--debug-on-fail'], surroundings())
    expect(stderr).toMatch(/\nuuid: x\n\nDebug info:\n\nTrying somewhere\nCall session\.login_with_password\n/)
  })

  it('says nothing on success, even with --debug', async () => {
    expect((await run(['tunnel-list', '--debug', '--debug-on-fail'], surroundings())).stderr).toBe('')
  })
})
