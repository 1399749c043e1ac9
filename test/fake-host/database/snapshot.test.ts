import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { datamodel, type Ref } from '../../../src/datamodel/index.ts'
import { Database, loadObjects, readSnapshot, writeSnapshot } from '../../../src/fake-host/database/index.ts'
import { FakeHostError } from '../../../src/fake-host/error.ts'
import { createFakePool } from '../../../src/fake-host/pool.ts'
import { Random } from '../../../src/fake-host/random.ts'

const inventory = readFileSync(new URL('../../transcripts/inventory.json', import.meta.url), 'utf8')

async function load(text: string, lenient = false) {
  const snapshot = await readSnapshot(text, { name: 'pool.json', lenient })
  const db = new Database(new Random(1))
  loadObjects(db, snapshot.objects)
  return { db, ...snapshot }
}

const file = (objects: object, rest: object = {}) =>
  JSON.stringify({ format: 'xe-tunnel-snapshot/1', seed: 7, objects, ...rest })

/** What a text is refused with. */
async function refusal(text: string, lenient = false): Promise<string> {
  const error: unknown = await load(text, lenient).then(
    () => undefined,
    reason => reason,
  )
  expect(error).toBeInstanceOf(FakeHostError)
  const { message } = error as FakeHostError // as just seen
  expect(message).not.toContain('\n')
  return message
}

describe('loading a snapshot', () => {
  it('takes the recorded inventory of a real pool without a warning', async () => {
    const { db, warnings, seed } = await load(inventory)
    expect(warnings).toEqual([])
    expect(seed).toBeUndefined()
    expect(db.refs('PIF')).toHaveLength(8)
    const [host] = db.refs('host').filter(ref => db.get('host', ref, 'name_label') === 'host1')
    expect(db.get('host', host as Ref<'host'>, 'PIFs')).toEqual(
      JSON.parse(inventory).objects.host[host as string].PIFs, // in the order of the file
    )
  })

  it('fills in what is missing with the defaults of the datamodel', async () => {
    const { db } = await load(file({ network: { 'OpaqueRef:n': { name_label: 'n', bridge: 'xapi0' } } }))
    const record = db.record('network', 'OpaqueRef:n')
    expect(record.get('MTU')).toBe(1500)
    expect(record.get('managed')).toBe(true)
    expect(record.get('default_locking_mode')).toBe('unlocked')
    expect(record.get('uuid')).toMatch(/^[0-9a-f-]{36}$/)
    expect(record.size).toBe(datamodel().classes.get('network')?.fields.length)
  })

  it('gives a PIF its device as device name unless the file has another', async () => {
    const { db } = await load(file({ PIF: { a: { device: 'eth0' }, b: { device: 'eth1', device_name: 'eth7' } } }))
    expect(db.get('PIF', 'a', 'device_name')).toBe('eth0')
    expect(db.get('PIF', 'b', 'device_name')).toBe('eth7')
  })

  it('works out derived sets itself, and keeps the order of the file where the members are the same', async () => {
    const pif = (network: string) => ({ network })
    const { db } = await load(
      file({
        network: { n: { PIFs: ['b', 'a', 'c'] }, m: { PIFs: ['a', 'b'] } },
        PIF: { a: pif('n'), b: pif('n'), c: pif('n'), d: pif('m') },
      }),
    )
    expect(db.get('network', 'n', 'PIFs')).toEqual(['b', 'a', 'c'])
    expect(db.get('network', 'm', 'PIFs')).toEqual(['d'])
  })

  it('completes the other side of a many-to-many relation, and keeps the order of both', async () => {
    const { db } = await load(
      file({
        VM: { a: { groups: ['h', 'g'] }, b: { groups: ['g', 'h'] } },
        VM_group: { g: { VMs: ['a', 'b'] }, h: {} },
      }),
    )
    expect(db.get('VM', 'a', 'groups')).toEqual(['h', 'g'])
    expect(db.get('VM', 'b', 'groups')).toEqual(['g', 'h'])
    expect(db.get('VM_group', 'g', 'VMs')).toEqual(['a', 'b'])
    expect([...db.get('VM_group', 'h', 'VMs')].sort()).toEqual(['a', 'b'])
  })

  it('keeps keys of maps where they are, whatever they are called', async () => {
    const text = file({ network: { n: {} } }).replace(
      '"n":{}',
      '"n":{"other_config":{"100":"a","__proto__":"b","2":"c","":"d"}}',
    )
    const { db } = await load(text)
    const config = db.get('network', 'n', 'other_config')
    expect([...config]).toEqual([
      ['100', 'a'],
      ['__proto__', 'b'],
      ['2', 'c'],
      ['', 'd'],
    ])
    expect(writeSnapshot(db, 7)).toContain('{"100":"a","__proto__":"b","2":"c","":"d"}')
  })

  it('keeps ints of 64 bits and floats as they are', async () => {
    const text = file({ VM: { v: {} } }).replace(
      '"v":{}',
      '"v":{"memory_static_max":9223372036854775807,"HVM_shadow_multiplier":1}',
    )
    const { db } = await load(text)
    expect(db.get('VM', 'v', 'memory_static_max')).toBe(9223372036854775807n)
    expect(writeSnapshot(db, 0)).toContain('"HVM_shadow_multiplier":1.0')
    expect(writeSnapshot(db, 0)).toContain('"memory_static_max":9223372036854775807')
  })

  it('keeps dangling references and counts them in one warning', async () => {
    const { db, warnings } = await load(
      file({ PIF: { a: { network: 'OpaqueRef:gone', host: 'OpaqueRef:lost', PCI: '', metrics: 'OpaqueRef:NULL' } } }),
    )
    expect(warnings).toEqual(['pool.json: references to objects that are not there (2)'])
    expect(db.get('PIF', 'a', 'network')).toBe('OpaqueRef:gone')
  })

  it('leaves out sessions and tasks, with a warning', async () => {
    const { db, warnings } = await load(file({ session: { s: {} }, task: { t: {}, u: {} } }))
    expect(db.refs('session')).toEqual([])
    expect(warnings).toEqual([
      'pool.json: left out session objects, which do not outlive a restart (1)',
      'pool.json: left out task objects, which do not outlive a restart (2)',
    ])
  })

  it('loads 20,000 objects', async () => {
    const objects = JSON.parse(inventory).objects
    const [[, pif]] = Object.entries<object>(objects.PIF) as [[string, object]]
    for (let i = 0; i < 10_000; i++) {
      objects.PIF[`OpaqueRef:pif-${i}`] = { ...pif, uuid: `pif-${i}`, tunnel_access_PIF_of: [] }
      objects.tunnel ??= {}
      objects.tunnel[`OpaqueRef:tunnel-${i}`] = { uuid: `tunnel-${i}`, access_PIF: `OpaqueRef:pif-${i}` }
    }
    const { db } = await load(file(objects))
    expect(db.refs('tunnel')).toHaveLength(10_000)
  })
})

describe('a snapshot that is not good', () => {
  it.each([
    ['', 'pool.json: the file is truncated (line 1, column 1: the text ends too early)'],
    [inventory.slice(0, 20_000), 'pool.json: the file is truncated (line'],
    ['{"format":"xe-tunnel-snapshot/1",\n oops}', 'pool.json: this is not JSON (line 2, column 2: '],
    ['[1]', 'pool.json: this is JSON, but no snapshot of a pool (it has no "format")'],
    ['{"name":"xe-tunnel"}', 'pool.json: this is JSON, but no snapshot of a pool (it has no "format")'],
    ['{"format":"vcsim"}', 'pool.json: the format is "vcsim", not xe-tunnel-snapshot/1'],
    ['{"format":"xe-tunnel-snapshot/2"}', 'pool.json: format xe-tunnel-snapshot/2 is not known here'],
    ['{"format":"xe-tunnel-snapshot/1"}', 'pool.json: a snapshot whose "objects" cannot be right'],
    [file([], { seed: 1.5 }), 'pool.json: a snapshot whose "seed" and "objects" cannot be right'],
    [file({ PIF: [] }), 'pool.json: class PIF: '],
    [file({ PIF: { a: 1 } }), 'pool.json: PIF a: a record is needed'],
    [file({ PIF: { a: { MTU: '1500' } } }), 'pool.json: PIF a, field MTU: "1500" is not an int'],
    [file({ PIF: { a: { MTU: 1.5 } } }), 'pool.json: PIF a, field MTU: 1.5 is not an int'],
    [file({ PIF: { a: { managed: 'true' } } }), 'pool.json: PIF a, field managed: "true" is not a bool'],
    [file({ PIF: { a: { other_config: [] } } }), 'pool.json: PIF a, field other_config: a set is not a map'],
    [file({ PIF: { a: { other_config: { k: 1 } } } }), 'pool.json: PIF a, field other_config: 1 is not a string'],
    [file({ PIF: { a: { IPv6: 'x' } } }), 'pool.json: PIF a, field IPv6: "x" is not a set'],
    [file({ PIF: { a: { network: null } } }), 'pool.json: PIF a, field network: null is not a reference'],
    [
      file({ VM_metrics: { a: { start_time: 'now' } } }),
      'pool.json: VM_metrics a, field start_time: "now" is not a dat',
    ],
    [
      file({ PIF: { a: { uuid: 'u' } }, network: { b: { uuid: 'u' } } }),
      'pool.json: network b: its uuid u is also that of PIF a',
    ],
    [
      '{"format":"xe-tunnel-snapshot/1","objects":{"PIF":{"a":{},"a":{}}}}',
      'pool.json: this is not JSON (line 1, column ',
    ],
  ])('is refused in one line: %#', async (text, message) => {
    expect(await refusal(text)).toContain(message)
    expect(await refusal(text, true)).toContain(message)
  })

  it.each([
    [{ dragon: { a: {} } }, 'class dragon: this release has no such objects', 'class dragon (1)'],
    [{ event: { a: {} } }, 'class event: this release has no such objects', 'class event (1)'],
    [
      { PIF: { a: { wings: 2 }, b: { wings: 4 } } },
      'PIF a, field wings: this release has no such field',
      'field PIF.wings (2)',
    ],
    [
      { tunnel: { a: { protocol: 'geneve' } } },
      'tunnel a, field protocol: "geneve" is no tunnel_protocol',
      'a value of tunnel.protocol: "geneve" is no tunnel_protocol (1)',
    ],
  ])(
    'that another release may have written is refused by name, or loaded without it: %#',
    async (objects, problem, left) => {
      expect(await refusal(file(objects))).toBe(`pool.json: ${problem} (lenient=true leaves it out)`)
      const { warnings } = await load(file(objects), true)
      expect(warnings).toEqual([`pool.json: left out ${left}`])
    },
  )

  it('loses only what is unknown when it is loaded leniently', async () => {
    const { db } = await load(
      file({
        tunnel: { a: { protocol: 'geneve', other_config: { k: 'v' } } },
        network: { n: { purpose: ['nbd', 'teleport'], current_operations: { t: 'attaching', u: 'beaming' } } },
      }),
      true,
    )
    expect(db.get('tunnel', 'a', 'protocol')).toBe('gre')
    expect(db.get('tunnel', 'a', 'other_config')).toEqual(new Map([['k', 'v']]))
    expect(db.get('network', 'n', 'purpose')).toEqual(['nbd'])
    expect(db.get('network', 'n', 'current_operations')).toEqual(new Map([['t', 'attaching']]))
  })
})

describe('saving a pool', () => {
  it('writes classes in datamodel order and references ascending, one object a line', () => {
    const { pool } = createFakePool({ seed: 3 })
    const text = writeSnapshot(pool.db, pool.random.seed)
    const { format, seed, objects } = JSON.parse(text)
    expect(format).toBe('xe-tunnel-snapshot/1')
    expect(seed).toBe(pool.random.seed)
    const classes = Object.keys(objects)
    expect(classes).toEqual([...datamodel().classes.keys()].filter(name => classes.includes(name)))
    for (const records of Object.values<object>(objects)) {
      expect(Object.keys(records)).toEqual(Object.keys(records).sort())
    }
    expect(text.split('\n').filter(line => line.startsWith('"OpaqueRef:'))).toHaveLength(
      Object.values<object>(objects).reduce((sum, records) => sum + Object.keys(records).length, 0),
    )
  })

  it('gives the same text again after loading', async () => {
    const { pool } = createFakePool({ seed: 3 })
    const text = writeSnapshot(pool.db, 5)
    const { db, seed, warnings } = await load(text)
    expect(warnings).toEqual([])
    expect(seed).toBe(5)
    expect(writeSnapshot(db, 5)).toBe(text)
  })

  it('writes the recorded inventory back with the same records', async () => {
    const { db } = await load(inventory)
    expect(JSON.parse(writeSnapshot(db, 0)).objects).toEqual(JSON.parse(inventory).objects)
  })

  it('leaves out sessions, and internal fields that say nothing of their own', async () => {
    const { pool, dispatch } = createFakePool()
    await dispatch({ method: 'session.login_with_password', params: ['root', 'pw'], origin: 'tcp' })
    expect(pool.db.refs('session')).toHaveLength(1)
    const [pif] = pool.db.refs('PIF')
    pool.db.set('PIF', pif as Ref<'PIF'>, 'device_name', 'eth9')
    const text = writeSnapshot(pool.db, 0)
    expect(text).not.toContain('"session"')
    expect(text.match(/"device_name":"eth\d"/g)).toEqual(['"device_name":"eth9"'])
    expect((await load(text)).db.get('PIF', pif as Ref<'PIF'>, 'device_name')).toBe('eth9')
  })
})
