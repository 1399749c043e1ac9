import { describe, expect, it, test } from 'vitest'
import { main } from '../../../src/cli/index.ts'
import { hostWith } from '../host.ts'
import { run, type Surroundings, surround } from '../terminal.ts'

/** What is on stderr where a user asks for hints, which is as on a terminal. */
async function hints(words: readonly string[], surroundings: Surroundings = {}) {
  const open = hostWith({
    'network.get_by_uuid': 'OpaqueRef:n',
    'PIF.get_by_uuid': 'OpaqueRef:p',
    'network.destroy': '',
  })
  const { stderr } = await run([...words, '--hints=on'], { open, ...surroundings })
  return stderr.split('\n').filter(line => line.startsWith('Hint: '))
}

describe('a name that does not exist is told with what comes near', () => {
  it.each([
    [['tunnel-lst'], 'Did you mean tunnel-list?'],
    [['tunnel_create'], 'Did you mean tunnel-create?'],
    [['--version'], 'Did you mean version?'],
    [['hlep'], 'Did you mean help?'],
    [['pif-destroy'], 'Did you mean vif-destroy?'],
    [['nonsense'], undefined],
    [['tunnel-create', 'pif_uuid=x'], 'pif_uuid is no parameter of tunnel-create. Did you mean pif-uuid?'],
    [['tunnel-create'], undefined],
    [
      ['tunnel-create', 'pif-uuid=x', 'netwrok-uuid=y'],
      'netwrok-uuid is no parameter of tunnel-create. Did you mean network-uuid?',
    ],
  ])('%j', async (words, text) => {
    expect((await hints(words)).filter(line => !line.includes('look at'))).toEqual(
      text === undefined ? [] : [`Hint: ${text}`],
    )
  })

  it('a field of a list, and of an object', async () => {
    const host = hostWith({
      'network.get_all_records_where': new Map([['OpaqueRef:n', new Map([['uuid', 'u']])]]),
      'network.get_by_uuid': 'OpaqueRef:n',
    })
    expect(await hints(['network-list', 'name-lable=x'], { open: host })).toEqual(['Hint: Did you mean name-label?'])
    expect(await hints(['network-list', 'timout=5'], { open: host })).toEqual(['Hint: Did you mean --timeout?'])
    expect(await hints(['network-param-get', 'uuid=u', 'param-name=brigde'], { open: host })).toEqual([
      'Hint: Did you mean bridge?',
    ])
  })

  it('a parameter that a command would not look at', async () => {
    const before = 'is no parameter of network-destroy, which does not look at it. Did you mean'
    expect(await hints(['network-destroy', 'uuid=x', 'uuidd=y'])).toEqual([`Hint: uuidd ${before} uuid?`])
    expect(await hints(['network-destroy', 'uuid=x', 'timout=3'])).toEqual([`Hint: timout ${before} --timeout?`])
    expect(await hints(['network-destroy', 'uuid=x', 'colour=red', '--force', '--minimal'])).toEqual([])
  })
})

test('nothing is done about it', async () => {
  const host = hostWith()
  const { status } = await run(['tunnel-lst', '--hints=on'], { open: host })
  expect({ status, calls: host.calls }).toEqual({ status: 1, calls: [] })
})

test('in a pipe, stderr stays what scripts of xe rely on; on a terminal there is the line', async () => {
  const said = 'Unknown command: tunnel-lst\n'
  const { stderr } = await run(['tunnel-lst'], { open: hostWith() })
  expect(stderr).toMatch(new RegExp(`^${said}[^\\n]+\\n$`))
  const written: string[] = []
  const terminal = { isTTY: true, write: (text: string) => void written.push(text) }
  const { environment } = surround(['tunnel-lst'], { open: hostWith(), stderr: terminal })
  expect(await main(environment)).toBe(1)
  expect(written.join('')).toMatch(new RegExp(`^${said}[^\\n]+\\nHint: Did you mean tunnel-list\\?\\n$`))
})

test('as JSON it is the hint', async () => {
  const { stderr } = await run(['tunnel-lst', '--output=json'], { open: hostWith() })
  expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', hint: 'Did you mean tunnel-list?' })
})

test('version prints the version', async () => {
  expect(await run(['version'])).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' })
})
