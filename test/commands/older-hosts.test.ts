import { describe, expect, it } from 'vitest'
import { allCommands, type Parameters } from '../../src/commands/index.ts'
import { XapiError } from '../../src/xapi/index.ts'
import { olderHost, RELEASES } from './older-host.ts'
import { recordsOf, runCommand } from './run.ts'

const names = (await allCommands()).map(({ name }) => name)
const lists = names.filter(name => names.includes(name.replace(/-list$/, '-param-list')) && /-list$/.test(name))

/** What a command shows of every object; nothing where the host has no such class yet, and says so. */
async function shown(
  release: string,
  name: string,
  ...parameters: Parameters
): Promise<Readonly<Record<string, string>>[]> {
  await using host = await olderHost(release)
  try {
    return recordsOf(await runCommand(host, name, ...parameters))
  } catch (error) {
    if (!(error instanceof XapiError)) throw error
    expect(error.code).toBe('MESSAGE_METHOD_UNKNOWN')
    return []
  }
}

const isInvented = (value: string): boolean => /undefined|NaN|\[object/.test(value)

it('there are lists of every family', () => {
  expect(lists).toEqual(expect.arrayContaining(['tunnel-list', 'pif-list', 'network-list', 'vlan-list', 'vif-list']))
})

describe.each(RELEASES)('a host of release %s', release => {
  it.each(lists)('is shown by %s with the fields that it has, and nothing invented', async name => {
    const all = await shown(release, name, ['params', 'all'])
    expect(all.flatMap(record => Object.values(record)).filter(isInvented)).toEqual([])
    const { uuid } = all[0] ?? {}
    if (uuid === undefined) return
    const [one] = await shown(release, name.replace(/-list$/, '-param-list'), ['uuid', uuid])
    expect(Object.values(one ?? {}).filter(isInvented)).toEqual([])
    expect(one?.uuid).toBe(uuid)
  })
})

describe('a host of the first release with tunnels', () => {
  it('is not asked for a protocol that it does not know, unless the user names one', async () => {
    await using host = await olderHost('cowley')
    const [record] = recordsOf(await runCommand(host, 'tunnel-list'))
    expect(record).toBeUndefined()
    const pifs = recordsOf(await runCommand(host, 'pif-list', ['device', 'eth0'], ['params', 'uuid']))
    const network = (await runCommand(host, 'network-create', ['name-label', 'n'])) as { values: readonly string[] }
    const words: Parameters = [
      ['pif-uuid', pifs[0]?.uuid ?? ''],
      ['network-uuid', network.values[0] ?? ''],
    ]
    await runCommand(host, 'tunnel-create', ...words)
    const [tunnel] = recordsOf(await runCommand(host, 'tunnel-list', ['params', 'all']))
    expect(Object.keys(tunnel ?? {})).not.toContain('protocol')
  })
})
