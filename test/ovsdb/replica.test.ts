import { expect, it } from 'vitest'
import { type Change, connectOvsdb } from '../../src/ovsdb/index.ts'
import { fakeServer } from './fake-server.ts'

const first = { Bridge: { a: { new: { name: 'xenbr0', ports: ['set', []] } } } }
const update = (id: unknown, tables: unknown) => JSON.stringify({ id: null, method: 'update', params: [id, tables] })

it('holds the rows from the beginning, and follows what changes', async () => {
  await using server = await fakeServer({ answers: { monitor: () => first } })
  await using ovsdb = await connectOvsdb(server.address)
  const changes: Change[][] = []
  const replica = await ovsdb.monitor({ Bridge: ['name', 'ports'], Port: [] }, batch => changes.push([...batch]))
  const { params } = await server.next(message => message.method === 'monitor')
  expect(params?.[2]).toEqual({ Bridge: { columns: ['name', 'ports'] }, Port: {} })
  expect([...replica.table('Bridge')]).toEqual([['a', { name: 'xenbr0', ports: [] }]])
  expect(replica.table('Port').size).toBe(0)
  server.send(
    update(params?.[1], {
      Bridge: { a: { old: { ports: ['set', []] }, new: { name: 'xenbr0', ports: ['uuid', 'p'] } } },
      Port: { p: { new: { name: 'eth0' } } },
    }),
  )
  server.send(update(params?.[1], { Port: { p: { old: { name: 'eth0' } } } }))
  server.send('{"method":"echo","params":[],"id":"done"}')
  await server.next(message => message.id === 'done')
  expect(changes).toEqual([
    [
      {
        table: 'Bridge',
        uuid: 'a',
        before: { name: 'xenbr0', ports: [] },
        after: { name: 'xenbr0', ports: { uuid: 'p' } },
      },
      { table: 'Port', uuid: 'p', before: undefined, after: { name: 'eth0' } },
    ],
    [{ table: 'Port', uuid: 'p', before: { name: 'eth0' }, after: undefined }],
  ])
  expect(replica.table('Port').size).toBe(0)
  expect(replica.table('Bridge').get('a')?.ports).toEqual({ uuid: 'p' })
  expect(() => replica.table('Interface')).toThrow(RangeError)
})

it('misses no update that comes with the same bytes as the rows at the beginning', async () => {
  await using server = await fakeServer({ answers: { monitor: () => undefined } })
  await using ovsdb = await connectOvsdb(server.address)
  const opening = ovsdb.monitor({ Bridge: ['name'] })
  const { id, params } = await server.next(message => message.method === 'monitor')
  const later = update(params?.[1], { Bridge: { b: { new: { name: 'xenbr1' } } } })
  server.send(JSON.stringify({ id, result: first, error: null }) + later)
  expect([...(await opening).table('Bridge').keys()]).toEqual(['a', 'b'])
})

it('a monitor that was ended, or that is not ours, changes nothing', async () => {
  await using server = await fakeServer({ answers: { monitor: () => first, monitor_cancel: () => ({}) } })
  await using ovsdb = await connectOvsdb(server.address)
  const replica = await ovsdb.monitor({ Bridge: ['name'] })
  const { params } = await server.next(message => message.method === 'monitor')
  server.send(update('another', { Bridge: { b: { new: { name: 'x' } } } }))
  await replica.cancel()
  server.send(update(params?.[1], { Bridge: { b: { new: { name: 'x' } } } }))
  server.send('{"method":"echo","params":[],"id":"done"}')
  await server.next(message => message.id === 'done')
  expect([...replica.table('Bridge').keys()]).toEqual(['a'])
})

it('an update of what was not asked for ends the connection', async () => {
  await using server = await fakeServer({ answers: { monitor: () => first } })
  const ovsdb = await connectOvsdb(server.address)
  await ovsdb.monitor({ Bridge: ['name'] })
  const { params } = await server.next(message => message.method === 'monitor')
  server.send(update(params?.[1], { Queue: {} }))
  expect(await ovsdb.closed).toMatchObject({ kind: 'protocol' })
})
