import { afterEach, beforeEach, expect, it } from 'vitest'
import { findCommand, isHostCommand } from '../../src/commands/index.ts'
import { OPTIONS } from '../../src/controller/observe/options.ts'
import { type FakeHost, startFakeHost } from '../../src/fake-host/index.ts'
import { connect, type Session } from '../../src/xapi/index.ts'

let fake: FakeHost
let session: Session

beforeEach(async () => {
  fake = await startFakeHost({ hosts: 2, seed: 3 })
  const { host, port, username, password } = fake
  session = await connect({ host, port, tls: false, username, password })
})
afterEach(async () => {
  await session.logout()
  await fake.stop()
})

async function drain(...parameters: (readonly [string, string])[]) {
  const command = await findCommand('controller-drain')
  if (!command || !isHostCommand(command)) throw new Error('no command')
  const context = { session, sessionOf: () => session, random: (length: number) => new Uint8Array(length) }
  return command.run({ ...context, askFake: async () => null }, parameters)
}

const drained = async (name: string) => {
  const [host = ''] = await session.host.get_by_name_label(name)
  return (await session.host.get_other_config(host)).get(OPTIONS.drained)
}

it('controller-drain writes what the controller reads, as often as it is told, and takes it back', async () => {
  await drain(['host', 'host2'])
  await drain(['host', 'host2'])
  expect([await drained('host1'), await drained('host2')]).toEqual([undefined, 'true'])
  const [host = ''] = await session.host.get_by_name_label('host2')
  await drain(['host', await session.host.get_uuid(host)], ['undo', 'true'])
  expect(await drained('host2')).toBeUndefined()
})

it('controller-drain asks for the uuid where a name is that of two hosts', async () => {
  for (const host of await session.host.get_all()) await session.host.set_name_label(host, 'twin')
  await expect(drain(['host', 'twin'])).rejects.toThrow('2 hosts are called twin')
  await expect(drain(['host', 'nobody'])).rejects.toThrow('UUID_INVALID')
})
