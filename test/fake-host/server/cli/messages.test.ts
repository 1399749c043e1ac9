import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { startFakeHost } from '../../../../bin/fake-host.ts'
import type { FakeHostOptions } from '../../../../src/fake-host/index.ts'
import { type Told, xe } from '../../../xe/conversation.ts'
import { hello, request } from '../../../xe/protocol.ts'
import { newFolder } from '../../folder.ts'

async function served(options: FakeHostOptions = {}) {
  const fake = await startFakeHost({ seed: 1, ...options })
  onTestFinished(async () => void (await fake.stop()))
  return {
    fake,
    xe: (...words: readonly string[]): Promise<Told> => xe(fake, words),
  }
}

describe('on the wire', () => {
  it('the host says hello, prints, and ends, to the byte', async () => {
    const { fake } = await served()
    const socket = connect(fake.port)
    const all = buffer(socket)
    socket.write(
      request(['host-list', 'params=name-label', 'name-label=host1', '--minimal', 'username=root', 'password=pw']),
    )
    socket.end(hello())
    expect((await all).toString('hex')).toBe(
      [
        Buffer.from('XenSource thin CLI protocol').toString('hex'),
        '00000000',
        '02000000',
        '11000000', // 17 bytes of a message
        '09000000', // a command
        '00000000', // Print
        '05000000', // 5 bytes of text
        Buffer.from('host1').toString('hex'),
        '0c000000',
        '09000000',
        '04000000', // Exit
        '00000000',
      ].join(''),
    )
  })
})

describe('what a command comes to', () => {
  it('is a message for each record, with one of its two empty lines', async () => {
    const { xe } = await served()
    const { messages } = await xe('host-list', 'params=name-label')
    const record = (name: string) => ({ tag: 'Print', text: `name-label ( RW)    : ${name}\n\n` })
    expect(messages).toHaveLength(3)
    expect(messages.slice(0, 2)).toEqual(expect.arrayContaining([record('host1'), record('host2')]))
    expect(messages[2]).toEqual({ tag: 'Exit', status: 0 })
  })

  it('is a message for each value', async () => {
    const { xe } = await served()
    const { messages } = await xe('network-create', 'name-label=red')
    expect(messages).toEqual([
      { tag: 'Print', text: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      { tag: 'Exit', status: 0 },
    ])
  })

  it('is one message with --minimal, also where there is nothing to print', async () => {
    const { xe } = await served()
    expect((await xe('tunnel-list', '--minimal')).messages).toEqual([
      { tag: 'Print', text: '' },
      { tag: 'Exit', status: 0 },
    ])
    expect((await xe('host-list', '--minimal', 'params=name-label')).stdout).toMatch(/^host\d,host\d\n$/)
  })

  it('is the end alone where nothing is to be printed', async () => {
    const { xe } = await served()
    const uuid = (await xe('network-create', 'name-label=red')).stdout.trim()
    expect((await xe('network-destroy', `uuid=${uuid}`)).messages).toEqual([{ tag: 'Exit', status: 0 }])
    expect((await xe('tunnel-list')).messages).toEqual([{ tag: 'Exit', status: 0 }])
  })

  it('has effects that every other client sees', async () => {
    const { fake, xe } = await served()
    const uuid = (await xe('network-create', 'name-label=red')).stdout.trim()
    const [network] = fake.db.refs('network').filter(ref => fake.db.get('network', ref, 'uuid') === uuid)
    expect(network && fake.db.get('network', network, 'name_label')).toBe('red')
    expect(fake.calls.map(call => call.method)).toEqual([
      'session.login_with_password',
      'network.create',
      'network.get_uuid',
      'session.logout',
    ])
  })

  it('may be more than fits into one packet', async () => {
    const { fake, xe } = await served()
    for (let i = 0; i < 5000; i++) fake.db.create('network', { name_label: `n${i}`, bridge: `b${i}` })
    const { messages, stdout } = await xe('network-list', 'params=all')
    expect(messages.length).toBeGreaterThan(5001)
    expect(stdout.length).toBeGreaterThan(2_000_000)
    expect(stdout).toContain('name-label ( RW): n4999\n')
  })
})

describe('what is said of a failure', () => {
  const hint = { tag: 'PrintStderr', text: expect.stringMatching(/^[^\n]*'xe help'[^\n]*\n$/) }

  it.each([
    ['an unknown command', ['nonsense'], 'Unknown command: nonsense\n'],
    ['a command of this program alone', ['fake-host-serve'], 'Unknown command: fake-host-serve\n'],
    [
      'a command that writes a file where it runs',
      ['fake-host-save', 'file=/tmp/x'],
      'Unknown command: fake-host-save\n',
    ],
    ['a missing parameter', ['tunnel-create'], 'Required parameter not found: pif-uuid\n'],
    ['a word that is none', ['tunnel-list', '-x'], 'Syntax error: \n'],
    ['a command that is a parameter', ['a=b'], 'Syntax error: \n'],
  ])('%s: two messages', async (_, words, line) => {
    const { fake, xe } = await served()
    const { messages } = await xe(...words)
    expect(messages).toEqual([{ tag: 'PrintStderr', text: line }, hint, { tag: 'Exit', status: 1 }])
    expect(fake.calls).toEqual([])
  })

  it('a wrong password: two messages, and nobody is logged in', async () => {
    const { fake } = await served()
    const { messages } = await xe(fake, ['tunnel-list'], { password: 'wrong' })
    expect(messages).toEqual([
      { tag: 'PrintStderr', text: 'Authentication failed\n' },
      hint,
      { tag: 'Exit', status: 1 },
    ])
    expect(fake.db.refs('session')).toEqual([])
  })

  it('an error that has words: a message for each line', async () => {
    const { xe } = await served()
    const { messages } = await xe('tunnel-destroy', 'uuid=abc')
    expect(messages).toEqual([
      { tag: 'PrintStderr', text: expect.stringMatching(/^[^\n]+\n$/) },
      { tag: 'PrintStderr', text: 'type: tunnel\n' },
      { tag: 'PrintStderr', text: 'uuid: abc\n' },
      { tag: 'Exit', status: 1 },
    ])
  })

  it('an error that has none: its code and its parameters', async () => {
    const { fake, xe } = await served()
    const error = ['NEVER_HEARD_OF', 'a', 'b, c'] as const
    await fake.control.addFaults({ method: 'tunnel.get_all_records_where', error: [...error] })
    expect((await xe('tunnel-list')).messages).toEqual([
      { tag: 'Error', code: 'NEVER_HEARD_OF', parameters: ['a', 'b, c'] },
      { tag: 'Exit', status: 1 },
    ])
    const uuid = (await xe('pif-list', 'device=eth0', '--minimal')).stdout.trim().split(',')[0]
    expect((await xe('pif-param-get', `uuid=${uuid}`, 'param-name=no-such')).messages).toEqual([
      { tag: 'Error', code: 'Missing parameter', parameters: ['no-such'] },
      { tag: 'Exit', status: 1 },
    ])
  })

  it('a complaint of the command: one message', async () => {
    const { xe } = await served()
    expect((await xe('host-list', 'colour=red')).messages).toEqual([
      { tag: 'PrintStderr', text: "Error: Unknown field 'colour'\n" },
      { tag: 'Exit', status: 1 },
    ])
  })

  it('--trace adds the exception behind it', async () => {
    const { xe } = await served()
    expect((await xe('nonsense', '--trace')).messages.slice(2)).toEqual([
      { tag: 'PrintStderr', text: 'Raised Xapi_cli.Unknown_command("nonsense")\n' },
      { tag: 'PrintStderr', text: 'Backtrace:\n' },
      { tag: 'Exit', status: 1 },
    ])
    expect((await xe('tunnel-destroy', 'uuid=abc', '--trace')).stderr).toMatch(
      /\nRaised Server_error\(UUID_INVALID, \[ tunnel; abc \]\)\nBacktrace:\n$/,
    )
  })

  it.each(['vm-export', 'vm-import', 'pool-dump-database'])(
    '%s, which transfers a file: a refusal, and nothing is touched',
    async name => {
      const { fake, xe } = await served()
      const { messages } = await xe(name, 'filename=/tmp/x', 'file=/tmp/x', 'vm=a')
      expect(messages).toEqual([
        {
          tag: 'PrintStderr',
          text: expect.stringMatching(new RegExp(`^Error: ${name} transfers a file, [^\\n]+\\n$`)),
        },
        { tag: 'Exit', status: 1 },
      ])
      expect(fake.calls).toEqual([])
    },
  )
})

describe('help', () => {
  it('needs no credentials and names what a host can do, to xe', async () => {
    const { fake } = await served()
    const { stdout, status } = await xe(fake, ['help', '--all'], { password: 'wrong' })
    expect(status).toBe(0)
    expect(stdout).toContain('tunnel-create')
    expect(stdout).toContain("'xe help COMMAND'")
    expect(stdout).not.toMatch(/xe-tunnel|fake-host|--insecure/)
    expect(fake.calls).toEqual([])
  })

  it('explains a command in one message', async () => {
    const { xe } = await served()
    const { messages } = await xe('help', 'tunnel-create')
    expect(messages).toEqual([
      { tag: 'Print', text: expect.stringContaining('reqd params     : pif-uuid') },
      { tag: 'Exit', status: 0 },
    ])
    expect((await xe('help', 'fake-host-serve')).stdout).toBe("Unknown command 'fake-host-serve'\n")
    expect((await xe('help', '--minimal')).stdout).toMatch(/^[a-z-]+(,[a-z-]+)*\n$/)
  })
})

describe('who asks', () => {
  it('may bring a session, which stays open', async () => {
    const { fake, xe } = await served()
    const login = await fake.dispatch({ method: 'session.login_with_password', params: ['root', 'pw'], origin: 'tcp' })
    const ref = login.ok ? String(login.value) : ''
    const { status, stdout } = await xe(`session_id=${ref}`, 'host-list', '--minimal')
    expect({ status, hosts: stdout.split(',').length }).toEqual({ status: 0, hosts: 2 })
    expect(fake.db.refs('session')).toEqual([ref])
    expect((await xe('session_id=OpaqueRef:none', 'host-list')).stderr).toContain('handle: OpaqueRef:none\n')
  })

  it('may be a member that forwards, with carriage returns', async () => {
    const { fake } = await served()
    const { stdout } = await xe(fake, ['host-list\r', 'params=name-label\r', 'name-label=host2\r', '--minimal\r'])
    expect(stdout).toBe('host2\n')
  })

  it('is root at the socket of a host, whatever the password', async () => {
    const path = `${await newFolder()}/xapi`
    await served({ listen: `unix:${path}` })
    expect(await xe({ path }, ['host-list', '--minimal'], { password: 'no matter' })).toMatchObject({ status: 0 })
  })

  it('is sent to the coordinator by a member', async () => {
    const { fake } = await served({ members: true })
    const { port } = new URL(fake.hosts.get('host2').url)
    const { status, stderr } = await xe({ port: Number(port) }, ['host-list'])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^[^\n]+\nMaster IP address: 127\.0\.0\.1:\d+\n$/),
    })
  })

  it('has the role of the user', async () => {
    const { fake } = await served({ users: [{ username: 'ann', password: 'x', roles: ['read-only'] }] })
    const { stderr } = await xe(fake, ['network-create', 'name-label=a'], { username: 'ann', password: 'x' })
    expect(stderr).toContain('permission: network.create\n')
  })
})

test('the same seed gives the same addresses to who asks for random ones', async () => {
  const macs = await Promise.all(
    [0, 1].map(async () => {
      const { fake, xe } = await served()
      const vm = fake.db.create('VM', { name_label: 'guest' })
      const uuid = fake.db.get('VM', vm, 'uuid')
      const network = (await xe('network-create', 'name-label=red')).stdout.trim()
      const { stdout, stderr } = await xe(
        'vif-create',
        `vm-uuid=${uuid}`,
        `network-uuid=${network}`,
        'device=0',
        'mac=random',
      )
      expect(stderr).toBe('')
      return (await xe('vif-param-get', `uuid=${stdout.trim()}`, 'param-name=MAC')).stdout
    }),
  )
  expect(macs[0]).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}\n$/)
  expect(macs[0]).toBe(macs[1])
})

test('there is nobody to run command lines unless somebody was handed in', async () => {
  const { startFakeHost: start } = await import('../../../../src/fake-host/index.ts')
  const fake = await start()
  onTestFinished(async () => void (await fake.stop()))
  const socket = connect(fake.port)
  const all = buffer(socket)
  socket.write(request(['host-list', 'username=root', 'password=pw']))
  expect((await all).toString()).toMatch(/^HTTP\/1\.0 500 Internal Error\r\n/)
})
