import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  connectOvsdb,
  listenOvsdb,
  mapOf,
  type Operation,
  type Ovsdb,
  optionalOf,
  setOf,
  uuidsOf,
} from '../../src/ovsdb/index.ts'
import {
  describeUnless,
  makeCertificate,
  noCertificates,
  noSwitch,
  type Switch,
  startSwitch,
} from '../ovs-lab/index.ts'

const bridges = async (ovsdb: Ovsdb) => {
  const [found] = await ovsdb.transact([{ op: 'select', table: 'Bridge', where: [], columns: ['name'] }])
  return found?.rows.map(row => row.name)
}

/** Where the database listens for its manager, which is told when it does. */
const managerPort = (ovs: Switch): Promise<string> =>
  vi.waitFor(async () => {
    const text = await ovs.vsctl('--bare', '--columns=status', 'list', 'manager')
    return /bound_port="?(\d+)/.exec(text)?.[1] ?? Promise.reject(new Error(text))
  }, 10_000)

/** A bridge with the port of its name, and another with an interface. */
const addBridge = (
  name: string,
  more: readonly { port: string; type: string; options?: Map<string, string> }[] = [],
) => {
  const ports = [{ port: name, type: 'internal', options: new Map() }, ...more]
  const rows = ports.flatMap(({ port, type, options = new Map() }, i): Operation[] => [
    { op: 'insert', table: 'Interface', 'uuid-name': `i${i}`, row: { name: port, type, options } },
    { op: 'insert', table: 'Port', 'uuid-name': `p${i}`, row: { name: port, interfaces: { named: `i${i}` } } },
  ])
  const bridge = { name, datapath_type: 'dummy', ports: ports.map((_, i) => ({ named: `p${i}` })) }
  const operations: Operation[] = [
    ...rows,
    { op: 'insert', table: 'Bridge', 'uuid-name': 'b', row: bridge },
    { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', { named: 'b' }]] },
  ]
  return operations
}

describeUnless(noSwitch, 'with a real Open vSwitch, the client', () => {
  let ovs: Switch
  beforeEach(async () => {
    ovs = await startSwitch({ datapath: 'dummy', database: ['--remote=db:Open_vSwitch,Open_vSwitch,manager_options'] })
  })
  afterEach(() => ovs?.stop())

  it('writes, reads and deletes rows, as ovs-vsctl sees', async () => {
    await using ovsdb = await connectOvsdb(ovs.address)
    await ovsdb.commit(addBridge('br1'))
    expect(await ovs.vsctl('list-br')).toBe('br1')
    const results = await ovsdb.transact([
      {
        op: 'update',
        table: 'Bridge',
        where: [['name', '==', 'br1']],
        row: { other_config: new Map([['hwaddr', '{"}']]) },
      },
      { op: 'select', table: 'Bridge', where: [['name', '==', 'br1']] },
    ])
    expect([results[0]?.count, mapOf(results[1]?.rows[0]?.other_config)]).toEqual([1, new Map([['hwaddr', '{"}']])])
    const uuid = uuidsOf(results[1]?.rows[0]?._uuid)[0] ?? ''
    await ovsdb.transact([
      { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'delete', { uuid }]] },
    ])
    expect(await ovs.vsctl('list-br')).toBe('')
  })

  it('waits until the switch daemon has acted: then ofport and error tell', async () => {
    await using ovsdb = await connectOvsdb(ovs.address)
    const good = {
      port: 't1',
      type: 'gre',
      options: new Map([
        ['remote_ip', '10.0.0.9'],
        ['key', '5'],
      ]),
    }
    await ovsdb.commit(addBridge('br2', [good, { port: 't2', type: 'gre' }]))
    const [found] = await ovsdb.transact([
      { op: 'select', table: 'Interface', where: [], columns: ['name', 'ofport', 'error'] },
    ])
    const row = (name: string) => found?.rows.find(it => it.name === name)
    expect(Number(optionalOf(row('t1')?.ofport))).toBeGreaterThan(0)
    expect(optionalOf(row('t1')?.error)).toBeUndefined()
    expect(optionalOf(row('t2')?.ofport)).toBe(-1)
    expect(optionalOf(row('t2')?.error)).toContain("requires valid 'remote_ip'")
  })

  it('tells what the database refuses, and applies nothing of it', async () => {
    await using ovsdb = await connectOvsdb(ovs.address)
    const again = addBridge('br4', [{ port: 'br4', type: '' }])
    await expect(ovsdb.transact(again)).rejects.toMatchObject({ code: 'constraint violation' })
    await expect(ovsdb.transact([{ op: 'select', table: 'Bicycle', where: [] }])).rejects.toMatchObject({
      operation: 0,
    })
    expect(await bridges(ovsdb)).toEqual([])
  })

  it('says when nobody acts on a transaction that the database has taken', async () => {
    await using lonely = await startSwitch({ datapath: 'dummy', vswitchd: false })
    await using ovsdb = await connectOvsdb(lonely.address, { timeout: 1000 })
    await expect(ovsdb.commit(addBridge('br1'))).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('the switch daemon behind unix:'),
    })
    expect(await bridges(ovsdb)).toEqual(['br1'])
  })

  it('follows changes that others make, and knows the schema', async () => {
    await using ovsdb = await connectOvsdb(ovs.address)
    const onChange = vi.fn()
    const replica = await ovsdb.monitor({ Bridge: ['name', 'external_ids'], Port: ['name', 'tag'] }, onChange)
    await ovs.vsctl(
      'add-br',
      'br5',
      '--',
      'set',
      'bridge',
      'br5',
      'datapath_type=dummy',
      '--',
      'br-set-external-id',
      'br5',
      'a',
      'b',
    )
    await ovs.vsctl('add-br', 'br6', 'br5', '42')
    await vi.waitFor(() => expect([...replica.table('Port').values()].map(row => row.tag)).toContainEqual(42))
    expect([...replica.table('Bridge').values()].map(row => mapOf(row.external_ids))).toEqual([new Map([['a', 'b']])])
    expect(setOf([...replica.table('Port').values()].find(row => row.name === 'br5')?.tag)).toEqual([])
    await ovs.vsctl('del-br', 'br5')
    await vi.waitFor(() => expect(replica.table('Bridge').size).toBe(0))
    expect(onChange).toHaveBeenCalled()
    const schema = await ovsdb.getSchema()
    expect(schema).toMatchObject({
      name: 'Open_vSwitch',
      tables: { Port: { columns: { protected: expect.anything() } } },
    })
  })

  it('shares a lock with another', async () => {
    await using one = await connectOvsdb(ovs.address)
    await using two = await connectOvsdb(ovs.address)
    const onChange = vi.fn()
    const [first, second] = [await one.lock('xe'), await two.lock('xe', onChange)]
    const guarded: Operation[] = [
      { op: 'assert', lock: 'xe' },
      { op: 'comment', comment: 'mine' },
    ]
    expect([first.held, second.held]).toEqual([true, false])
    await one.transact(guarded)
    await expect(two.transact(guarded)).rejects.toMatchObject({ code: 'not owner' })
    await first.unlock()
    await vi.waitFor(() => expect(onChange).toHaveBeenLastCalledWith(true))
    await two.transact(guarded)
    expect((await one.steal('xe')).held).toBe(true)
    await vi.waitFor(() => expect(onChange).toHaveBeenLastCalledWith(false))
  })

  it('hears when the database goes, and can connect when it is back', async () => {
    await using own = await startSwitch({ datapath: 'dummy' })
    const ovsdb = await connectOvsdb(own.address)
    await own.ovsdbServer.kill()
    expect(await ovsdb.closed).toMatchObject({ kind: 'connection' })
    await expect(connectOvsdb(own.address)).rejects.toMatchObject({ kind: 'connection' })
    await own.ovsdbServer.start()
    await using again = await connectOvsdb(own.address)
    await again.commit(addBridge('br1'))
  })

  it('is not cut off over TCP, where the server asks who is silent for a sign of life', async () => {
    await ovs.vsctl('set-manager', 'ptcp:0:127.0.0.1', '--', 'set', 'manager', '.', 'inactivity_probe=300')
    await using ovsdb = await connectOvsdb(`tcp:127.0.0.1:${await managerPort(ovs)}`, { probe: 0 })
    const ended = await Promise.race([ovsdb.closed.then(() => 'cut off'), setTimeout(2000, 'still there')])
    expect(ended).toBe('still there')
    await ovsdb.commit(addBridge('br1'))
  })

  it('takes a database that connects by itself', async () => {
    await using ovsdb = await new Promise<Ovsdb>((resolve, reject) => {
      const path = join(ovs.folder, 'manager.sock')
      listenOvsdb(`punix:${path}`, { onConnection: resolve, onRefused: reject })
        .then(() => ovs.vsctl('set-manager', `unix:${path}`))
        .catch(reject)
    })
    expect(await bridges(ovsdb)).toEqual([])
    await ovs.vsctl('del-manager')
    expect(await ovsdb.closed).toMatchObject({ kind: 'connection' })
  })
})

describeUnless(noSwitch ?? noCertificates, 'over TLS with a real ovsdb-server, the client', () => {
  it('shows its certificate, and believes the one that it was told of', async () => {
    await using ovs = await startSwitch({
      datapath: 'dummy',
      vswitchd: false,
      database: [
        '--private-key=db:Open_vSwitch,SSL,private_key',
        '--certificate=db:Open_vSwitch,SSL,certificate',
        '--ca-cert=db:Open_vSwitch,SSL,ca_cert',
        '--remote=db:Open_vSwitch,Open_vSwitch,manager_options',
      ],
    })
    const host = await makeCertificate(ovs.folder, 'host')
    const controller = await makeCertificate(ovs.folder, 'controller')
    await ovs.vsctl('--no-wait', 'set-ssl', host.keyFile, host.certFile, controller.certFile)
    await ovs.vsctl('--no-wait', 'set-manager', 'pssl:0:127.0.0.1')
    const address = `ssl:127.0.0.1:${await managerPort(ovs)}`
    const { key, cert } = controller
    const { fingerprint256 } = new X509Certificate(host.cert)
    for (const trust of [{ ca: host.cert }, { fingerprint256 }, { anyServer: true }]) {
      await using ovsdb = await connectOvsdb(address, { tls: { key, cert, ...trust } })
      expect(await bridges(ovsdb)).toEqual([])
    }
    await expect(connectOvsdb(address, { tls: { key, cert, ca: controller.cert } })).rejects.toMatchObject({
      kind: 'connection',
    })
    const other = { key, cert, fingerprint256: fingerprint256.replaceAll('A', 'B') }
    await expect(connectOvsdb(address, { tls: other })).rejects.toThrow('fingerprint')
    await expect(connectOvsdb(address, { tls: { anyServer: true } })).rejects.toMatchObject({ kind: 'connection' })
  })

  it('takes a database that connects by itself, and none that it does not know', async () => {
    await using ovs = await startSwitch({
      datapath: 'dummy',
      vswitchd: false,
      database: [
        '--private-key=db:Open_vSwitch,SSL,private_key',
        '--certificate=db:Open_vSwitch,SSL,certificate',
        '--ca-cert=db:Open_vSwitch,SSL,ca_cert',
        '--remote=db:Open_vSwitch,Open_vSwitch,manager_options',
      ],
    })
    const host = await makeCertificate(ovs.folder, 'host')
    const controller = await makeCertificate(ovs.folder, 'controller')
    const { key, cert } = controller
    let refused = (_: unknown): void => {}
    let connected = (_: Ovsdb): void => {}
    const [refusal, connection] = [
      new Promise(resolve => {
        refused = resolve
      }),
      new Promise<Ovsdb>(resolve => {
        connected = resolve
      }),
    ]
    await using listener = await listenOvsdb('pssl:0:127.0.0.1', {
      tls: { key, cert, ca: host.cert },
      onConnection: it => connected(it),
      onRefused: it => refused(it),
    })
    await ovs.vsctl('--no-wait', 'set-ssl', controller.keyFile, controller.certFile, controller.certFile)
    await ovs.vsctl('--no-wait', 'set-manager', `ssl:127.0.0.1:${listener.port}`)
    expect(await refusal).toMatchObject({ name: 'OvsdbError', kind: 'connection' })
    await ovs.vsctl('--no-wait', 'set-ssl', host.keyFile, host.certFile, controller.certFile)
    await using ovsdb = await connection
    expect(await bridges(ovsdb)).toEqual([])
  })
})
