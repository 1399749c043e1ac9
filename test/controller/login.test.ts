import { describe, expect, it, onTestFinished } from 'vitest'
import { controllerProgram } from '../../src/controller/program.ts'
import { startFakeHost } from '../../src/fake-host/index.ts'
import { connect } from '../../src/xapi/index.ts'
import { eventually, managementPif } from './running.ts'
import { realTime } from './start.ts'

/** A pool whose tunnel statuses belong to one user of a role, with a network on all hosts, and controller-run as that user. */
async function poolOf({ role, owner }: { readonly role: string; readonly owner: string }) {
  const writer = { username: 'writer', password: 'secret', roles: [role] }
  const fake = await startFakeHost({ hosts: 3, seed: 7, users: [writer], statusOwner: { user: owner } })
  const place = { host: fake.host, port: fake.port, tls: false } as const
  const session = await connect({ ...place, username: fake.username, password: fake.password })
  const own = await connect({ ...place, username: writer.username, password: writer.password })
  const network = await session.network.create({ name_label: 'red', other_config: new Map() })
  const hosts = await session.host.get_all()
  const tunnels = await Promise.all(
    hosts.map(async host => session.tunnel.create(await managementPif(session, host), network, 'gre')),
  )
  const stopping = new AbortController()
  const log = { text: '' }
  const ended = controllerProgram(
    { name: 'controller-run', parameters: [['dataplane', 'fake']] },
    {
      session: own,
      stdout: {
        write(text) {
          log.text += text
        },
      },
      stderr: { write: () => {} },
      signal: stopping.signal,
      variables: { XE_TUNNEL_FAKE_URL: fake.url },
      readFile: () => '',
      now: Date.now,
      scheduler: realTime,
      random: Math.random,
    },
  )
  onTestFinished(async () => {
    stopping.abort()
    expect(await ended).toBe(0)
    await own.logout()
    await session.logout()
    await fake.stop()
  })
  return { session, tunnels, log }
}

describe('a controller with a login of its own', () => {
  it('needs no more than the role pool-operator, and writes statuses that belong to its user alone', async () => {
    const { session, tunnels, log } = await poolOf({ role: 'pool-operator', owner: 'writer' })
    await eventually(async () => {
      for (const tunnel of tunnels) expect((await session.tunnel.get_status(tunnel)).get('active')).toBe('true')
    })
    for (const tunnel of tunnels) {
      await expect(session.tunnel.add_to_status(tunnel, 'mine', '1')).rejects.toMatchObject({
        code: 'RBAC_PERMISSION_DENIED',
      })
    }
    const [tunnel] = tunnels
    if (!tunnel) throw new Error('no tunnel')
    await session.PIF.unplug(await session.tunnel.get_access_PIF(tunnel))
    await eventually(async () =>
      expect(Object.fromEntries(await session.tunnel.get_status(tunnel))).toMatchObject({ active: 'false' }),
    )
    expect(log.text).not.toContain('RBAC_PERMISSION_DENIED')
  })

  it.each([
    ['whose role is the next lower one', { role: 'vm-power-admin', owner: 'writer' }],
    ['to whom the statuses do not belong', { role: 'pool-operator', owner: 'root' }],
  ])('tells of it when it is one %s, and writes nothing', async (_, who) => {
    const { session, tunnels, log } = await poolOf(who)
    await eventually(() => expect(log.text).toMatch(/ warn .*RBAC_PERMISSION_DENIED/))
    await eventually(() => expect(log.text.match(/link is up/g)).toHaveLength(2))
    for (const tunnel of tunnels) {
      expect(Object.fromEntries(await session.tunnel.get_status(tunnel))).toEqual({ active: 'false' })
    }
  })
})
