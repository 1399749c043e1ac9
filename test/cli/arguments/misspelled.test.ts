import { describe, expect, it } from 'vitest'
import { hostWith } from '../host.ts'
import { run } from '../terminal.ts'

describe('a word that all but spells an option of ours is refused before a host is asked', () => {
  it.each([
    [['network-create', 'name-label=x', '--dry-runn'], '--dry-runn', '--dry-run'],
    [['network-create', 'name-label=x', '--dry_run'], '--dry_run', '--dry-run'],
    [['network-list', '--timout=5'], '--timout', '--timeout'],
    [['--ouput=json', 'network-list'], '--ouput', '--output'],
    [['api-call', 'network.get_all', '--dry-rn'], '--dry-rn', '--dry-run'],
    [['nonsense', '--dry-rn'], '--dry-rn', '--dry-run'],
  ])('%j', async (words, typed, meant) => {
    const host = hostWith()
    expect(await run(words, { open: host })).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: there is no option ${typed}; did you mean ${meant}?\n`,
    })
    expect(host.calls).toEqual([])
  })

  it('also where XE_EXTRA_ARGS says it', async () => {
    const variables = { XE_EXTRA_ARGS: '--dry-runn' }
    const { status, stderr } = await run(['network-list'], { open: hostWith(), variables })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'Error: there is no option --dry-runn; did you mean --dry-run?\n',
    })
  })

  it('and in a line of a batch', async () => {
    async function* input() {
      yield 'network-create name-label=x --dry-runn\n'
    }
    const host = hostWith()
    const { status, stderr } = await run(['batch'], { open: host, input })
    expect(status).toBe(1)
    expect(stderr).toContain('there is no option --dry-runn; did you mean --dry-run?')
    expect(host.calls.map(([method]) => method)).toEqual(['session.login_with_password', 'session.logout'])
  })
})

it.each([
  '--minimal',
  '--multiple',
  '--all',
  '--force',
  '--trace',
  '--nossl',
  '--debug-on-fail',
  '--live',
  '--internal',
  '--follow-coordinatorship',
  '--nonsense',
])('%s stays what it is to xe', async word => {
  const host = hostWith({ 'network.get_all_records_where': new Map() })
  const { status, stderr } = await run(['network-list', word], { open: host })
  expect(stderr).not.toContain('there is no option')
  expect({ status, asked: host.calls.length > 0 }).toEqual({ status: 0, asked: true })
})

it('words behind -- are nobody else’s', async () => {
  const host = hostWith({ 'network.get_by_name_label': [] })
  const { status, stderr } = await run(['api-call', 'network.get_by_name_label', '--', '--dry-runn'], { open: host })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
