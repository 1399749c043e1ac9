import { once } from 'node:events'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startFakeHost } from '../../../../bin/fake-host.ts'
import type { CliClient, CliRequest, CliServer, FakeHost } from '../../../../src/fake-host/index.ts'
import { converse, xe } from '../../../xe/conversation.ts'
import { answer, hello, reader, readHello, readMessage, request } from '../../../xe/protocol.ts'

async function serving(cli?: CliServer): Promise<FakeHost> {
  const fake = await startFakeHost({ seed: 1, ...(cli && { cli }) })
  onTestFinished(async () => void (await fake.stop()))
  return fake
}

const words = (...command: readonly string[]) => request([...command, 'username=root', 'password=pw'])

describe('whoever runs the command lines', () => {
  it('gets them as they were sent, and can say everything that the protocol has', async () => {
    const sent: string[] = []
    const { port } = await serving(async (request: CliRequest, client: CliClient) => {
      sent.push(request.sent)
      client.debug('looking')
      client.print('grün')
      client.printStderr('no newline')
      client.error('CODE', ['a', ''])
      return 300
    })
    const { messages } = await xe({ port }, ['any', 'thing=ü'])
    expect(sent).toEqual(['any\nthing=ü\nusername=root\npassword=pw'])
    expect(messages).toEqual([
      { tag: 'Debug', text: 'looking' },
      { tag: 'Print', text: 'grün' },
      { tag: 'PrintStderr', text: 'no newline' },
      { tag: 'Error', code: 'CODE', parameters: ['a', ''] },
      { tag: 'Exit', status: 300 },
    ])
  })

  it('can ask, and hears a line in as many pieces as it comes', async () => {
    const heard: string[] = []
    const { port } = await serving(async (_, client) => {
      client.print('first')
      for (let i = 0; i < 3; i++) heard.push(await client.prompt())
      return 0
    })
    const answers = [answer('yes'), answer('g', 'r\u00fc', 'n\n'), answer()]
    const { messages } = await xe({ port }, ['ask'], { answers })
    expect(heard).toEqual(['yes', 'grün', ''])
    expect(messages.map(message => message.tag)).toEqual(['Print', 'Prompt', 'Prompt', 'Prompt', 'Exit'])
  })

  it('makes calls as the client that is connected', async () => {
    const fake = await serving(async ({ call }, client) => {
      const answer = await call('session.login_with_password', ['root', 'wrong'])
      if (!answer.ok) client.error(answer.error[0], answer.error.slice(1))
      return 1
    })
    expect((await xe(fake, ['x'])).stderr).toMatch(/^Error code: SESSION_AUTHENTICATION_FAILED\n/)
    expect(fake.calls).toHaveLength(1)
  })
})

describe('a client', () => {
  it('may have nothing more to say once it has said hello', async () => {
    const { port } = await serving()
    const socket = connect({ port, allowHalfOpen: true })
    socket.end(Buffer.concat([words('host-list', '--minimal'), hello()]))
    const read = reader(socket)
    await readHello(read)
    expect(await readMessage(read)).toMatchObject({ tag: 'Print' })
    expect(await readMessage(read)).toEqual({ tag: 'Exit', status: 0 })
  })

  it.each([
    ['that says nothing more after its command line', Buffer.alloc(0)],
    ['that says half a hello', hello().subarray(0, 20)],
    ['that says something else', Buffer.alloc(35, 'x')],
    ['of another major version', hello(1)],
  ])('%s loses the connection, and no command runs', async (_, bytes) => {
    const fake = await serving()
    const socket = connect(fake.port)
    socket.on('error', () => {}) // being cut off may be one
    const all = buffer(socket)
    socket.end(Buffer.concat([words('network-create', 'name-label=x'), bytes]))
    expect((await all).equals(hello())).toBe(true)
    expect(fake.calls).toEqual([])
  })

  it('of another minor version is as good', async () => {
    const { port } = await serving()
    const socket = connect(port)
    const all = buffer(socket)
    socket.write(Buffer.concat([words('host-list', '--minimal'), hello(0, 1)]))
    expect((await all).length).toBeGreaterThan(hello().length)
  })

  it.each([
    ['that answers a prompt with nonsense', Buffer.alloc(64, 0xff)],
    ['that answers a prompt with a message of another kind', Buffer.from('080000000a00000005000000', 'hex')],
    ['that announces more than a line can be', Buffer.from('0c0000000b00000007000000ffffff7f', 'hex')],
    ['that announces less than nothing', Buffer.from('0c0000000b00000007000000ffffffff', 'hex')],
    ['that has no line to give', undefined],
  ])('%s loses the connection', async (_, bytes) => {
    const failed: unknown[] = []
    const { port } = await serving(async (_, client) => {
      await client.prompt().catch(error => {
        failed.push(error)
        throw error
      })
      return 0
    })
    const socket = connect(port)
    socket.on('error', () => {})
    socket.write(Buffer.concat([words('ask'), hello()]))
    const read = reader(socket)
    await readHello(read)
    expect(await readMessage(read)).toEqual({ tag: 'Prompt' })
    if (bytes) socket.write(bytes)
    else socket.end()
    await expect(readMessage(read)).rejects.toThrow()
    expect(failed).toHaveLength(1)
  })

  it('that goes away in the middle leaves no session behind', async () => {
    const fake = await serving()
    await fake.control.addFaults({ method: 'network.get_all_records_where', hang: true })
    const socket = connect(fake.port)
    socket.write(Buffer.concat([words('network-list'), hello()]))
    await readHello(reader(socket))
    await vi.waitFor(() => expect(fake.db.refs('session')).toHaveLength(1))
    socket.resetAndDestroy()
    await vi.waitFor(() => expect(fake.calls.map(call => call.method)).toContain('session.logout'))
    expect(fake.db.refs('session')).toEqual([])
  })

  it('that comes in pieces is understood', async () => {
    const { port } = await serving()
    const socket = connect(port)
    socket.setNoDelay(true)
    const all = buffer(socket)
    for (const byte of Buffer.concat([words('host-list', '--minimal'), hello()])) socket.write(Buffer.of(byte))
    expect((await all).subarray(0, hello().length).equals(hello())).toBe(true)
    expect((await all).subarray(-4).toString('hex')).toBe('00000000')
  })

  it('whose command line is too long gets a page', async () => {
    const { port } = await serving()
    const socket = connect(port)
    const all = buffer(socket)
    socket.write(words('network-create', `name-label=${'x'.repeat(205_000)}`))
    expect((await all).toString()).toMatch(/^HTTP\/1\.0 500 Internal Error\r\n/)
  })
})

it('the encryption that xe asks for is had', async () => {
  const fake = await startFakeHost({ tls: true })
  onTestFinished(async () => void (await fake.stop()))
  const demands = { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384', ecdhCurve: 'secp384r1', maxVersion: 'TLSv1.2' } as const
  const socket = connectTls({ ...demands, port: fake.port, rejectUnauthorized: false })
  const tags: string[] = []
  for await (const { tag } of converse(socket, ['host-list', '--minimal', 'username=root', 'password=pw']))
    tags.push(tag)
  expect(tags).toEqual(['Print', 'Exit'])
})

describe('faults', () => {
  it.each(['reset', 'truncate', 'garbage'] as const)('%s of a call cuts the conversation off', async kind => {
    const fake = await serving()
    await fake.control.addFaults({ method: 'network.get_all_records_where', [kind]: true })
    await expect(xe(fake, ['network-list'])).rejects.toThrow()
  })
})

it('a host that stops ends the conversations', async () => {
  const fake = await serving()
  const socket = connect(fake.port)
  socket.on('error', () => {})
  socket.write(words('host-list'))
  await once(socket, 'readable')
  await fake.stop()
  await buffer(socket).catch(() => {})
  expect(socket.destroyed).toBe(true)
})
