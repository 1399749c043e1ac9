import { describe, expect, it } from 'vitest'
import { type FakeHost, startFakeHost } from '../../../src/fake-host/index.ts'
import { connect } from '../../../src/xapi/index.ts'
import { jsonHost } from '../../xapi/json-host.ts'
import { httpServer } from '../../xapi/servers.ts'
import { home } from '../trust/real.ts'

const plain = ['-u', 'root', '-pw', 'pw', '--nossl']
const list = (servers: readonly string[], ...more: string[]): string[] => [
  'host-list',
  '--minimal',
  '-s',
  servers.join(','),
  ...plain,
  ...more,
]
const at = ({ port }: { port: number }): string => `127.0.0.1:${port}`
const done = { status: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}/), stderr: '' }
const methods = ({ calls }: FakeHost): string[] => calls.map(({ method }) => method)

/** A member of a pool whose coordinator is elsewhere. */
const member = (coordinator: string) => jsonHost(() => ({ ok: false, error: ['HOST_IS_SLAVE', coordinator] }))

/** A port where nobody listens. */
async function absent(): Promise<{ port: number }> {
  const server = await httpServer(() => {})
  await server[Symbol.asyncDispose]()
  return server
}

describe('several servers', () => {
  it('are tried in order until one takes the login', async () => {
    using user = home()
    await using broken = await httpServer((_, response) => response.destroy())
    await using member1 = await member('10.9.9.9')
    await using host = await startFakeHost()
    await using other = await startFakeHost()
    const servers = [await absent(), broken, member1, host, other].map(at)
    expect(await user.run(list(servers))).toEqual(done)
    expect(methods(host)).toContain('session.login_with_password')
    expect(other.calls).toEqual([])
  })

  it('that cannot be used are all named, each with its reason', async () => {
    using user = home()
    const gone = await absent()
    await using mute = await httpServer(() => {})
    await using member1 = await member('10.9.9.9')
    const { status, stdout, stderr } = await user.run(list([gone, mute, member1].map(at), '--timeout=0.2'))
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe(
      `Error: none of the servers can be used: ${at(gone)} refuses connections; ${at(mute)} did not answer within 0.2 s; ` +
        `${at(member1)} is not the coordinator, 10.9.9.9 is\n`,
    )
  })

  it('end with a server that refuses the login for a reason of its own', async () => {
    using user = home()
    await using first = await startFakeHost({ password: 'another' })
    await using second = await startFakeHost()
    const { status, stderr } = await user.run(list([first, second].map(at)))
    expect(status).toBe(1)
    expect(stderr).toContain('Authentication failed')
    expect(second.calls).toEqual([])
  })

  it('end with a server whose certificate is not trusted', async () => {
    using user = home()
    await using first = await startFakeHost({ tls: true })
    await using second = await startFakeHost({ tls: true })
    const words = ['host-list', '-s', [first, second].map(at).join(','), '-u', 'root', '-pw', 'pw']
    expect((await user.run(words)).stderr).toContain(`the certificate of ${at(first)} is not trusted`)
    expect(second.calls).toEqual([])
  })

  it('are asked for a session that somebody else has opened, where one can be connected to', async () => {
    using user = home()
    await using host = await startFakeHost()
    await using session = await connect({ host: at(host), tls: false, username: 'root', password: 'pw' })
    const words = [
      `session_id=${session.ref}`,
      'host-list',
      '--minimal',
      '-s',
      [await absent(), host].map(at).join(','),
      '--nossl',
    ]
    expect(await user.run(words)).toEqual(done)
  })

  it('cannot include a pool of one’s own, nor nothing at all', async () => {
    using user = home()
    for (const server of ['h,fake:', ',']) {
      expect((await user.run(['host-list', '-s', server])).stderr).toMatch(/^Error: "[^"]+" cannot be /)
    }
  })
})

describe('a member of a pool', () => {
  it('fails with HOST_IS_SLAVE, as for xe', async () => {
    using user = home()
    await using member1 = await member('10.9.9.9')
    const { status, stderr } = await user.run(list([at(member1)]))
    expect(status).toBe(1)
    expect(stderr).toMatch(/10\.9\.9\.9/)
    expect(stderr).not.toContain('none of the servers')
  })

  it('leads to its coordinator with --follow-coordinator', async () => {
    using user = home()
    await using host = await startFakeHost()
    await using member1 = await member(at(host))
    expect(await user.run(list([at(member1)], '--follow-coordinator'))).toEqual(done)
  })

  it('leads to a coordinator at its own port, where the address names none', async () => {
    using user = home()
    await using member1 = await member('127.0.0.9')
    const { stderr } = await user.run(list([at(member1)], '--follow-coordinator'))
    expect(stderr).toContain(`127.0.0.9:${member1.port} refuses connections`)
  })

  it('leads there once: two that name each other come to an end', async () => {
    using user = home()
    await using second = await member('127.0.0.1:1')
    await using first = await member(at(second))
    const { status, stderr } = await user.run(list([at(first)], '--follow-coordinator'))
    expect(status).toBe(1)
    expect(first.calls).toHaveLength(1)
    expect(second.calls).toHaveLength(1)
    expect(stderr).not.toBe('')
  })

  it('names the coordinator that cannot be reached, and itself', async () => {
    using user = home()
    const gone = await absent()
    await using member1 = await member(at(gone))
    const { stderr } = await user.run(list([at(member1)], '--follow-coordinator'))
    expect(stderr).toBe(
      `Error: none of the servers can be used: ${at(member1)} is not the coordinator, ${at(gone)} is; ${at(gone)} refuses connections\n`,
    )
  })
})
