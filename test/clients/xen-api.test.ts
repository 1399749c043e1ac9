import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient, type Xapi } from 'xen-api'
import { datamodel, type Value } from '../../src/datamodel/index.ts'
import { xenDate } from '../../src/fake-host/clock.ts'
import type { Stored } from '../../src/fake-host/database/index.ts'
import { type FakeHost, startFakeHost } from '../../src/fake-host/index.ts'
import { Random } from '../../src/fake-host/random.ts'

// Xen Orchestra's client: what it does on its own, without knowing that the host is a fake (docs/spec/protocol-semantics.md 9.2).
describe.each(['json-rpc', 'xml-rpc', 'auto'] as const)('xen-api over %s', transport => {
  let fake: FakeHost
  let xapi: Xapi

  beforeEach(async () => {
    fake = await startFakeHost({ seed: 3 })
    xapi = createClient({
      url: fake.url,
      auth: { user: fake.username, password: fake.password },
      transport,
      watchEvents: true,
    })
    await xapi.connect()
    await xapi.objectsFetched
  })
  afterEach(async () => {
    await xapi.disconnect()
    await fake.stop()
  })

  const pif = (device: string) => fake.db.refs('PIF').find(ref => fake.db.get('PIF', ref, 'device') === device) ?? ''

  it('connects and fetches every object', () => {
    expect(differences(xapi, fake)).toEqual([])
  })

  it('calls, and gets errors with their code and parameters', async () => {
    const network = await xapi.call('network.create', { name_label: 'n', other_config: {} })
    const transport = pif('eth2')
    await expect(xapi.call('tunnel.create', transport, network)).rejects.toMatchObject({
      code: 'TRANSPORT_PIF_NOT_CONFIGURED',
      params: [transport],
    })
    expect(Number(await xapi.call('network.get_MTU', network))).toBe(1500)
  })

  it('calls asynchronously, waits for the task by its events, and gets the result', async () => {
    const network = await xapi.callAsync('network.create', { name_label: 'n', other_config: {} })
    const tunnel = await xapi.callAsync('tunnel.create', pif('eth0'), network, 'vxlan')
    expect(fake.db.refs('tunnel')).toEqual([tunnel])
    await expect(xapi.callAsync('tunnel.create', pif('eth0'), network)).rejects.toMatchObject({
      code: 'NETWORK_ALREADY_CONNECTED',
    })
    expect(await xapi.callAsync('tunnel.destroy', tunnel)).toBe('')
    await xapi.barrier()
    expect(fake.db.refs('task')).toEqual([])
  })

  it('has the same objects as the database after a thousand changes', async () => {
    for (const change of changes(fake, 1000)) {
      change()
      if (Math.floor(fake.db.generation) % 50 === 0) await new Promise(setImmediate)
    }
    await xapi.barrier()
    expect(differences(xapi, fake)).toEqual([])
  })
})

/** A repeatable row of changes: objects come, go, and get new values. */
function* changes({ db }: FakeHost, count: number): Iterable<() => void> {
  const random = new Random(11)
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.fraction() * items.length)]
  for (let i = 0; i < count; i++) {
    const kind = random.fraction()
    yield () => {
      const network = pick(db.refs('network')) ?? ''
      const tunnel = pick(db.refs('tunnel'))
      if (kind < 0.25) db.create('network', { name_label: `n${i}`, bridge: `b${i}` })
      else if (kind < 0.5)
        db.create('tunnel', { transport_PIF: pick(db.refs('PIF')) ?? '', access_PIF: db.create('PIF', { network }) })
      else if (kind < 0.65 && tunnel) db.destroy('tunnel', tunnel)
      else if (kind < 0.8 && tunnel)
        db.set(
          'tunnel',
          tunnel,
          'status',
          new Map([
            ['active', String(i % 2 === 0)],
            ['key', String(i)],
          ]),
        )
      else db.set('network', network, 'name_description', `<${i}> & "${i}"`)
    }
  }
}

/** What the client's collection has otherwise than the database; the classes that clients watch. */
function differences(xapi: Xapi, { db }: FakeHost): string[] {
  const wrong: string[] = []
  const watched = [...datamodel().classes.values()].filter(
    cls =>
      cls.inDatabase &&
      cls.exposesGetAll &&
      cls.events &&
      !['task', 'role', 'session', 'user', 'secret'].includes(cls.name),
  )
  let count = 0
  for (const cls of watched) {
    const name = cls.name as Stored // it is in the database
    for (const ref of db.refs(name)) {
      count++
      const object = xapi.getObjectByRef(ref, undefined)
      if (!object) wrong.push(`${name} ${ref} is missing`)
      else {
        for (const [field, value] of db.record(name, ref)) {
          const [ours, theirs] = [plain(value), plain(object[field] as Value)]
          if (ours !== theirs && field !== 'other_config')
            wrong.push(`${name} ${ref} ${field}: ${theirs} instead of ${ours}`)
        }
      }
    }
  }
  const held = Object.values(xapi.objects.all).filter(({ $type }) => watched.some(cls => cls.name === $type))
  if (held.length !== count) wrong.push(`${held.length} objects instead of ${count}`)
  return wrong
}

/** Values without what the wires make different: numbers and their texts, dates and theirs, Maps and objects. */
function plain(value: unknown): string {
  if (value instanceof Map) return plain(Object.fromEntries(value))
  if (value instanceof Date) return xenDate(value.getTime())
  if (Array.isArray(value)) return `[${value.map(plain)}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${key}:${plain(item)}`)}}`
  }
  return String(value)
}
