import { describe, expect, it, onTestFinished } from 'vitest'
import { Interruption } from '../../../src/cli/index.ts'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import { memoryTransport } from '../../../src/xapi/index.ts'
import { fails, hangs, hostWith } from '../host.ts'
import { run as runWords, type Surroundings } from '../terminal.ts'

async function* typed(text: string) {
  yield* text.match(/[\s\S]{1,7}/g) ?? []
}

/** A batch that is typed, on a pool of its own. */
async function onPool(text: string, words: readonly string[] = []) {
  const fake = await startFakeHost({ listen: false, seed: 3 })
  onTestFinished(async () => void (await fake.stop()))
  const open = async () => memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'tcp' }))
  const outcome = await runWords(['batch', ...words, '-u', 'root', '-pw', 'pw'], { open, input: () => typed(text) })
  return { ...outcome, calls: fake.calls.map(call => call.method), fake }
}

const run = (text: string, surroundings: Surroundings, ...words: readonly string[]) =>
  runWords(['batch', ...words], { input: () => typed(text), ...surroundings })

describe('a batch', () => {
  it('runs a command a line, in one session, and prints what each of them prints', async () => {
    const { status, stdout, stderr, calls } = await onPool(
      [
        '# a network, by a quoted name',
        'network-create name-label=\'red net\' name-description="of a batch"',
        '',
        'xe network-list name-label=red\\ net params=name-label,name-description',
        '   xe-tunnel network-list name-label="red net" --minimal   # once more',
      ].join('\n'),
    )
    const [uuid = ''] = stdout.split('\n')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(
      `${uuid}\nname-label ( RW)          : red net\n    name-description ( RW): of a batch\n\n\n${uuid}\n`,
    )
    expect(calls.filter(method => method.startsWith('session.'))).toEqual([
      'session.login_with_password',
      'session.logout',
    ])
  })

  it('ends with the first failure, names the line, and leaves the rest', async () => {
    const { status, stdout, stderr, calls } = await onPool(
      'network-create name-label=a\r\ntunnel-destroy uuid=abc\nnetwork-create name-label=b\n',
    )
    expect(status).toBe(1)
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/)
    expect(stderr).toMatch(
      /^batch: line 2, tunnel-destroy:\n[^\n]+\ntype: tunnel\nuuid: abc\nbatch: stopped at line 2\n$/,
    )
    expect(calls.filter(method => method === 'network.create')).toHaveLength(1)
    expect(calls.at(-1)).toBe('session.logout')
  })

  it('goes on after a failure with --keep-going, and has the worst status', async () => {
    const { status, stdout, stderr } = await onPool(
      'nonsense\ntunnel-create\nnetwork-list "\nhost-list --minimal\nhost-list colour=red\n',
      ['--keep-going'],
    )
    expect(status).toBe(1)
    expect(stdout.split(',')).toHaveLength(2)
    expect(stderr.match(/^batch: line \d+.*:$/gm)).toEqual([
      'batch: line 1, nonsense:',
      'batch: line 2, tunnel-create:',
      'batch: line 3:',
      'batch: line 5, host-list:',
    ])
    expect(stderr).not.toContain('stopped')
  })

  it('runs several at a time with --parallel, and prints them in order all the same', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `network-create name-label=n${i}`)
    const lists = Array.from({ length: 40 }, (_, i) => `network-list name-label=n${i} params=name-label --minimal`)
    const { status, stdout } = await onPool([...lines, ...lists].join('\n'), ['--parallel=8'])
    expect(status).toBe(0)
    expect(stdout.split('\n').slice(40, 80)).toEqual(lists.map((_, i) => `n${i}`))
  })

  it('reads a file', async () => {
    const host = hostWith({ 'host.get_all_records_where': new Map() })
    const files = { 'commands.txt': 'host-list --minimal\nhost-list --minimal' }
    expect(await runWords(['batch', 'file=commands.txt'], { open: host, files })).toEqual({
      status: 0,
      stdout: '\n\n',
      stderr: '',
    })
    expect(await runWords(['batch', 'file=none.txt'], { open: host, files })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: none.txt cannot be read\n',
    })
  })

  it('helps, and of nothing makes nothing', async () => {
    const { stdout } = await onPool('help tunnel-destroy\nhelp --minimal nonsense\n')
    expect(stdout).toMatch(/^command name {12}: tunnel-destroy\n[\s\S]*\n\n\nUnknown command 'nonsense'\n$/)
    expect(await onPool('\n# nothing\n')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })
})

describe('with --output=json', () => {
  it('each command is an object on a line', async () => {
    const { status, stdout, stderr } = await onPool(
      'network-create name-label=a\nnetwork-list name-label=a params=name-label,MTU\ntunnel-destroy uuid=abc\n"\npif-plug\n',
      ['--output=json', '--keep-going'],
    )
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(objects.map(({ version, line, command, status }) => [version, line, command, status])).toEqual([
      [1, 1, 'network-create', 0],
      [1, 2, 'network-list', 0],
      [1, 3, 'tunnel-destroy', 1],
      [1, 4, '', 1],
      [1, 5, 'pif-plug', 1],
    ])
    expect(objects[1]).toMatchObject({
      output: { kind: 'records', records: [{ 'name-label': 'a', MTU: 1500 }] },
      error: null,
    })
    expect(objects[2]).toMatchObject({
      output: null,
      error: { code: 'UUID_INVALID', params: ['tunnel', 'abc'], exit_status: 1 },
    })
    expect(objects[3].error).toMatchObject({ code: 'command', message: expect.stringContaining('not closed') })
  })
})

describe('what a batch does not do', () => {
  it.each([
    ['host-list -s elsewhere', /one server and one user/],
    ['host-list username=ann', /one server and one user/],
    ['host-list --output=yaml', /--output=yaml is for the batch as a whole/],
    ['session_id=OpaqueRef:x host-list', /the session is that of the batch/],
    ['batch', /batch cannot be part of a batch/],
    ['fake-host-serve', /fake-host-serve cannot be part/],
    ['host-list | wc -l', /means something to a shell/],
  ])('%s', async (line, message) => {
    const { status, stdout, stderr } = await onPool(line)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it.each([
    [['parallel=0'], /number from 1 to 64/],
    [['--parallel=many'], /number from 1 to 64/],
    [['paralel=2'], /batch knows file=FILE, --keep-going and --parallel=N, and not "paralel"/],
    [['commands.txt'], /and not "commands\.txt"/],
    [['--keep-going=perhaps'], /true or false/],
    [['file='], /file= needs/],
    [['--watch'], /--watch/],
  ])('%j', async (words, message) => {
    const { status, stdout, stderr } = await run('host-list', {}, ...words)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('go on where nobody could log in', async () => {
    const open = hostWith({ 'session.login_with_password': fails('SESSION_AUTHENTICATION_FAILED', 'root', 'x') })
    const { status, stderr } = await run('host-list\nhost-list\n', { open })
    expect({ status, lines: stderr.split('\n')[0] }).toEqual({ status: 1, lines: 'Authentication failed' })
    expect(open.isClosed).toBe(true)
  })

  it('go on once the user wants it to end', async () => {
    const stopping = new AbortController()
    const host = hostWith({ 'host.get_all_records_where': hangs(() => stopping.abort(new Interruption('SIGINT'))) })
    const outcome = await run('host-list\nhost-list\n', { open: host, signal: stopping.signal }, '--keep-going')
    expect(outcome).toEqual({ status: 130, stdout: '', stderr: '' })
    expect(host.methods()).toEqual(['session.login_with_password', 'host.get_all_records_where', 'session.logout'])
  })
})
