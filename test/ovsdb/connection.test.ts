import { expect, it, vi } from 'vitest'
import { connectOvsdb, type Operation } from '../../src/ovsdb/index.ts'
import { fakeServer } from './fake-server.ts'

const select: Operation = { op: 'select', table: 'Bridge', where: [['name', '==', 'xenbr0']] }
const bridge = { name: 'xen"}{br', other_config: ['map', [['hwaddr', '{']]] }

it('sentence 46: reads replies that come in single bytes, with braces in their strings', async () => {
  await using server = await fakeServer({ answers: { transact: () => [{ rows: [bridge] }] }, pieces: 1 })
  await using ovsdb = await connectOvsdb(server.address)
  const [result] = await ovsdb.transact([select])
  expect(result?.rows).toEqual([{ name: 'xen"}{br', other_config: new Map([['hwaddr', '{']]) }])
  expect(server.received.at(-1)).toMatchObject({
    method: 'transact',
    params: ['Open_vSwitch', { op: 'select', table: 'Bridge', where: [['name', '==', 'xenbr0']] }],
  })
})

it('sentence 46: answers the probe of the server with what came', async () => {
  await using server = await fakeServer()
  await using ovsdb = await connectOvsdb(server.address)
  server.send('{"method":"echo","params":["a}"],"id":"echo"}')
  expect(await server.next(message => message.id === 'echo')).toEqual({ id: 'echo', result: ['a}'], error: null })
  expect(ovsdb.address).toBe(server.address)
})

it('tells the server that it knows no other requests, and passes over other notifications', async () => {
  await using server = await fakeServer()
  await using _ovsdb = await connectOvsdb(server.address)
  server.send('{"method":"update9","params":[],"id":null}{"method":"dance","params":[],"id":5}')
  expect(await server.next(message => message.id === 5)).toMatchObject({ error: 'unknown method' })
})

it('a refused operation inside of a reply that says success is a failure', async () => {
  const refused = { error: 'constraint violation', details: 'index on "name"' }
  await using server = await fakeServer({ answers: { transact: () => [{}, refused, null] } })
  await using ovsdb = await connectOvsdb(server.address)
  await expect(ovsdb.transact([select, select, select])).rejects.toMatchObject({
    kind: 'operation',
    code: 'constraint violation',
    details: 'index on "name"',
    operation: 1,
    message: 'select Bridge: constraint violation: index on "name"',
  })
})

it('so is what fails behind the last operation, and a reply that is an error', async () => {
  const answers = { transact: () => [{}, { error: 'referential integrity violation' }] }
  await using server = await fakeServer({ answers: { ...answers, get_schema: () => new Error('unknown database') } })
  await using ovsdb = await connectOvsdb(server.address)
  await expect(ovsdb.transact([select])).rejects.toMatchObject({
    code: 'referential integrity violation',
    operation: 1,
  })
  await expect(ovsdb.getSchema()).rejects.toMatchObject({ kind: 'operation', code: 'unknown database' })
})

it('refuses results that do not fit', async () => {
  await using server = await fakeServer({ answers: { transact: ([, operation]) => (operation ? {} : []) } })
  await using ovsdb = await connectOvsdb(server.address)
  await expect(ovsdb.transact([select])).rejects.toMatchObject({ kind: 'protocol' })
})

it('gives up a request that is not answered in time, takes it back, and goes on', async () => {
  await using server = await fakeServer({ answers: { get_schema: () => ({ name: 'Open_vSwitch' }) } })
  await using ovsdb = await connectOvsdb(server.address, { timeout: 500 })
  await expect(ovsdb.transact([select])).rejects.toMatchObject({ kind: 'timeout' })
  const { id } = await server.next(message => message.method === 'transact')
  expect(await server.next(message => message.method === 'cancel')).toMatchObject({ params: [id], id: null })
  server.send(`{"id":${id},"result":[{}],"error":null}`) // too late
  expect(await ovsdb.getSchema()).toEqual({ name: 'Open_vSwitch' })
})

it('a cut connection fails what is under way and what comes later, and says so', async () => {
  await using server = await fakeServer()
  const ovsdb = await connectOvsdb(server.address)
  const underWay = ovsdb.transact([select])
  await server.next(message => message.method === 'transact')
  server.cut()
  await expect(underWay).rejects.toMatchObject({ kind: 'connection' })
  expect(await ovsdb.closed).toMatchObject({ kind: 'connection' })
  await expect(ovsdb.transact([select])).rejects.toMatchObject({ kind: 'connection' })
})

it('closing ends it without a reason', async () => {
  await using server = await fakeServer()
  const ovsdb = await connectOvsdb(server.address)
  const underWay = ovsdb.getSchema()
  ovsdb.close()
  ovsdb.close()
  await expect(underWay).rejects.toMatchObject({ kind: 'connection', message: expect.stringContaining('is closed') })
  expect(await ovsdb.closed).toBeUndefined()
})

it('what is no OVSDB ends the connection', async () => {
  await using server = await fakeServer()
  const ovsdb = await connectOvsdb(server.address)
  server.send('SSH-2.0-OpenSSH\r\n')
  expect(await ovsdb.closed).toMatchObject({ kind: 'protocol', message: expect.stringContaining(server.address) })
})

it('asks a silent server for a sign of life, and gives up one that gives none', async () => {
  await using server = await fakeServer()
  await using ovsdb = await connectOvsdb(server.address, { probe: 300 })
  const probe = await server.next(message => message.method === 'echo')
  server.send(JSON.stringify({ id: probe.id, result: [], error: null }))
  expect(await ovsdb.closed).toMatchObject({ kind: 'timeout', message: expect.stringContaining('silent for 0.6 s') })
  expect(server.received.filter(message => message.method === 'echo')).toHaveLength(2)
})

it('says what is wrong where it cannot connect', async () => {
  await expect(connectOvsdb('unix:/no/such/socket')).rejects.toMatchObject({
    kind: 'connection',
    message: 'unix:/no/such/socket: no such file or directory',
  })
  const server = await fakeServer()
  await server[Symbol.asyncDispose]()
  await expect(connectOvsdb(server.address)).rejects.toMatchObject({ kind: 'connection' })
  await expect(connectOvsdb('ssl:127.0.0.1:1')).rejects.toMatchObject({ kind: 'usage' })
})

it('refuses a server that does not have the database, or that never answers', async () => {
  await using other = await fakeServer({ answers: { list_dbs: () => ['hardware_vtep'] } })
  await expect(connectOvsdb(other.address)).rejects.toThrow('has no database Open_vSwitch')
  await using silent = await fakeServer({ answers: { list_dbs: () => undefined } })
  await expect(connectOvsdb(silent.address, { timeout: 50 })).rejects.toMatchObject({ kind: 'timeout' })
})

it('a lock is told to who asked for it, also when it is stolen or the connection goes', async () => {
  await using server = await fakeServer({
    answers: { lock: () => ({ locked: false }), steal: () => ({ locked: true }), unlock: () => ({}) },
  })
  const ovsdb = await connectOvsdb(server.address)
  const onChange = vi.fn()
  const lock = await ovsdb.lock('ours', onChange)
  expect(lock.held).toBe(false)
  await expect(ovsdb.lock('ours')).rejects.toMatchObject({ kind: 'usage' })
  const changed = (held: boolean) => vi.waitFor(() => expect(onChange).toHaveBeenLastCalledWith(held))
  server.send('{"method":"locked","params":["ours"],"id":null}')
  await changed(true)
  expect(lock.held).toBe(true)
  server.send('{"method":"stolen","params":["ours"],"id":null}')
  await changed(false)
  await lock.unlock()
  expect(server.received.at(-1)).toMatchObject({ method: 'unlock', params: ['ours'] })
  const stolen = await ovsdb.steal('ours', onChange)
  expect([stolen.held, onChange.mock.calls]).toEqual([true, [[true], [false]]])
  server.cut()
  await ovsdb.closed
  await changed(false)
  expect(stolen.held).toBe(false)
})
