import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type FakeHost, startFakeHost } from '../../../src/fake-host/index.ts'
import { memoryTransport } from '../../../src/xapi/index.ts'
import { hostWith } from '../../cli/host.ts'
import { type Outcome, run } from '../../cli/terminal.ts'

let fake: FakeHost
let network: string
let pif: string

beforeEach(async () => {
  fake = await startFakeHost({ listen: false, seed: 5 })
  onTestFinished(async () => void (await fake.stop()))
  network = fake.db.get('network', fake.db.create('network', { name_label: 'red net', bridge: 'xapi9' }), 'uuid')
  const [carrier = ''] = fake.db.refs('PIF').filter(ref => fake.db.get('PIF', ref, 'device') === 'eth0')
  pif = fake.db.get('PIF', carrier, 'uuid')
})

/** Runs api-call on the pool, and has the calls that it made. */
async function call(...words: readonly string[]): Promise<Outcome & { calls: string[] }> {
  const before = fake.calls.length
  const open = async () => memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'tcp' }))
  const outcome = await run(['-u', 'root', '-pw', 'pw', 'api-call', ...words], { open })
  const calls = fake.calls.slice(before).map(({ method }) => method)
  return { ...outcome, calls: calls.filter(method => !method.startsWith('session.log')) }
}

const printed = async (...words: readonly string[]) => {
  const { status, stdout, stderr } = await call(...words)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('a call', () => {
  it('takes its values in order or by name, and uuids for references', async () => {
    const inOrder = await call('tunnel.create', pif, network, 'VXLAN')
    expect(inOrder.stdout).toMatch(/^OpaqueRef:[0-9a-f-]+\n$/)
    expect(inOrder.calls).toEqual(['PIF.get_by_uuid', 'network.get_by_uuid', 'tunnel.create'])
    expect(fake.db.get('tunnel', inOrder.stdout.trim(), 'protocol')).toBe('vxlan')
    await printed('tunnel.destroy', `self=${inOrder.stdout.trim()}`)
    const byName = await printed('tunnel.create', `network=${network}`, 'protocol=gre', pif)
    expect(fake.db.get('tunnel', byName.trim(), 'protocol')).toBe('gre')
  })

  it('of event.from prints the events with what is around them', async () => {
    const { status, stdout, stderr } = await call('event.from', '["network"]', '', '1', '--output=json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout).records[0]).toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ class: 'network', operation: 'add' })]),
      token: expect.any(String),
      valid_ref_counts: expect.anything(),
    })
    expect(await printed('event.from', '["network"]', '', '1')).toContain('token')
  })

  it('takes sets and maps as JSON', async () => {
    expect(await printed('network.set_tags', network, '["a","b, c"]')).toBe('')
    expect((await printed('network.get_tags', network)).split('\n').sort()).toEqual(['', 'a', 'b, c'])
    await printed('network.set_other_config', network, '{"100":"x","__proto__":"y"}')
    expect((await printed('network.get_other_config', network, '--minimal')).trim()).toMatch(/^[xy]$/)
    expect(await printed('network.get_other_config', network)).toContain('__proto__')
  })

  it('takes a record as JSON, its members by their types', async () => {
    const record = { name_label: 'made', MTU: 1400, tags: ['t'], other_config: { k: 'v' } }
    const ref = (await printed('network.create', JSON.stringify(record))).trim()
    expect(fake.db.get('network', ref, 'MTU')).toBe(1400)
    expect(fake.db.get('network', ref, 'tags')).toEqual(['t'])
  })

  it('keeps every digit of an integer', async () => {
    await printed('network.set_MTU', network, '0x10')
    expect(await printed('network.get_MTU', network)).toBe('16\n')
    const host = hostWith({ 'pool.get_all': ['OpaqueRef:p'], 'pool.get_igmp_snooping_enabled': true })
    await run(['api-call', 'network.set_MTU', 'OpaqueRef:n', '9007199254740993'], { open: host })
    expect(host.calls.find(([method]) => method === 'network.set_MTU')).toEqual([
      'network.set_MTU',
      'OpaqueRef:session',
      'OpaqueRef:n',
      9007199254740993n,
    ])
  })

  it('takes a word as it is: with dashes, equals signs, newlines', async () => {
    for (const label of ['--x', '-1', 'a=b', 'minimal', 'two\nlines', 'uuid=', '']) {
      await printed('network.set_name_label', network, '--', label)
      expect(await printed('network.get_name_label', network)).toBe(`${label}\n`)
    }
    await printed('network.set_name_label', network, 'value=value=x')
    expect(await printed('network.get_name_label', network)).toBe('value=x\n')
  })

  it('takes behind -- what this program would take for its own', async () => {
    const ref = (await printed('SDN_controller.introduce', '--', 'ssl', '192.0.2.1', 'port=6640')).trim()
    expect(fake.db.get('SDN_controller', ref, 'port')).toBe(6640)
  })

  it('may be asynchronous, and answers with a task then', async () => {
    const host = fake.db.get('host', fake.db.refs('host')[0] ?? '', 'uuid')
    const task = (await printed('Async.PIF.scan', host)).trim()
    expect(fake.db.exists('task', task)).toBe(true)
  })
})

describe('an answer', () => {
  it('that is a record prints as one', async () => {
    expect(await printed('network.get_record', network)).toMatch(
      /^uuid {2,}: [0-9a-f-]{36}\n {4,}name_label: red net\n/,
    )
  })

  it('that is many records prints each with its reference', async () => {
    const refs = fake.db.refs('host')
    const text = await printed('host.get_all_records')
    expect(text.match(/^ref {2,}: OpaqueRef:\S+$/gm)).toHaveLength(refs.length)
    expect((await printed('host.get_all_records', '--minimal')).trim().split(',').sort()).toEqual([...refs].sort())
  })

  it('is typed as JSON', async () => {
    const json = async (...words: string[]) => JSON.parse(await printed(...words, '--output=json'))
    expect(await json('network.get_MTU', network)).toEqual({
      version: 1,
      command: 'api-call',
      kind: 'values',
      values: [1500],
    })
    expect(await json('network.get_managed', network)).toMatchObject({ values: [true] })
    expect(await json('network.get_record', network)).toMatchObject({
      kind: 'records',
      records: [{ MTU: 1500, tags: [] }],
    })
    expect(await json('PIF.get_all')).toMatchObject({ values: [...fake.db.refs('PIF')] })
  })

  it('that is a failure of the host is told as of any command', async () => {
    const { status, stderr } = await call('tunnel.destroy', 'OpaqueRef:none')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^[^\n]+\nclass: tunnel\nhandle: OpaqueRef:none\n$/),
    })
  })
})

describe('what cannot be read', () => {
  const takes = 'tunnel.create takes transport_PIF (PIF ref), network (network ref), protocol (gre|vxlan, optional).'
  const someUuid = '00000000-0000-4000-8000-000000000000'

  it.each([
    [[], 'api-call needs CLASS.MESSAGE, such as network.get_all_records'],
    [['tunnel.creat'], 'XenAPI has no message "tunnel.creat". Did you mean tunnel.create?'],
    [['Tunnel.Create'], 'XenAPI has no message "Tunnel.Create". Did you mean tunnel.create?'],
    [['nonsense'], 'XenAPI has no message "nonsense".'],
    [['constructor'], 'XenAPI has no message "constructor".'],
    [['tunnel.create', 'OpaqueRef:a'], `tunnel.create: network (network ref) is missing. ${takes}`],
    [['tunnel.create', 'protocol=gre'], `tunnel.create: transport_PIF (PIF ref) is missing. ${takes}`],
    [
      ['tunnel.create', 'OpaqueRef:a', 'OpaqueRef:b', 'grex'],
      'tunnel.create: protocol (gre|vxlan): "grex" is none of these',
    ],
    [['tunnel.create', 'OpaqueRef:a', 'OpaqueRef:b', 'gre', 'x'], `tunnel.create: "x" is one too many. ${takes}`],
    [
      ['tunnel.create', 'OpaqueRef:a', 'OpaqueRef:b', 'gre', 'netwrok=x'],
      `tunnel.create: "netwrok=x" is one too many. Did you mean network=? ${takes}`,
    ],
    [['tunnel.create', 'network=OpaqueRef:b', 'network=OpaqueRef:c'], 'tunnel.create: network is given twice'],
    [
      ['tunnel.destroy', 'eth0'],
      'tunnel.destroy: self (tunnel ref): "eth0" is neither a uuid nor a reference (OpaqueRef:..., OpaqueRef:NULL for none)',
    ],
    [['network.set_MTU', 'OpaqueRef:a', '1.5'], 'network.set_MTU: value (int): "1.5" is no integer of 64 bits'],
    [
      ['network.set_MTU', 'OpaqueRef:a', '9223372036854775808'],
      'network.set_MTU: value (int): "9223372036854775808" is no integer of 64 bits',
    ],
    [
      ['PIF.set_disallow_unplug', 'OpaqueRef:a', 'yes'],
      'PIF.set_disallow_unplug: value (bool): "yes" is neither true nor false',
    ],
    [
      ['network.set_tags', 'OpaqueRef:a', 'x,y'],
      'network.set_tags: value (string set): JSON is needed, and "x,y" is none: line 1, column 1: no value begins like this',
    ],
    [['network.set_tags', 'OpaqueRef:a', '{}'], 'network.set_tags: value (string set): a JSON array is needed'],
    [
      ['network.set_tags', 'OpaqueRef:a', '["a",1]'],
      'network.set_tags: value, item 2 (string): a JSON string is needed',
    ],
    [
      ['network.set_other_config', 'OpaqueRef:a', '[]'],
      'network.set_other_config: value ((string -> string) map): a JSON object is needed',
    ],
    [
      ['network.set_other_config', 'OpaqueRef:a', '{"k":true}'],
      'network.set_other_config: value, key "k" (string): a JSON string is needed',
    ],
    [['network.create', '{"colour":"red"}'], 'network.create: args (network record): "colour" is no field of it'],
    [['network.create', '{"MTU":"x"}'], 'network.create: args, MTU (int): "x" is no integer of 64 bits'],
    [['task.set_progress', 'OpaqueRef:a', 'half'], 'task.set_progress: value (float): "half" is no number'],
    [
      ['session.login_with_password', 'a', 'b'],
      'session.login_with_password opens a session, which this program does itself: see -u and -pw',
    ],
    [['Async.network.get_tags', 'OpaqueRef:a'], 'network.get_tags cannot be called asynchronously'],
  ])('%j', async (words, message) => {
    const { status, stdout, stderr, calls } = await call(...words)
    expect({ status, stdout, stderr, calls }).toEqual({
      status: 1,
      stdout: '',
      stderr: `Error: ${message}\n`,
      calls: [],
    })
  })

  it('a uuid that nothing has, as the host says it', async () => {
    const { stderr } = await call('tunnel.destroy', someUuid)
    expect(stderr).toMatch(new RegExp(`^[^\\n]+\\ntype: tunnel\\nuuid: ${someUuid}\\n$`))
  })
})
