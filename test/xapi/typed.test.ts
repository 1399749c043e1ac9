import { describe, expect, it } from 'vitest'
import { datamodel } from '../../src/datamodel/index.ts'
import { login, memoryTransport, type Session, type Value, type WireParameter } from '../../src/xapi/index.ts'

/** A session on a host that answers each call with the same value, and the calls made in it. */
async function sessionWith(value: Value): Promise<{ session: Session; calls: (readonly WireParameter[])[] }> {
  const calls: (readonly WireParameter[])[] = []
  const transport = memoryTransport(async (method, parameters) => {
    calls.push([method, ...parameters])
    return { ok: true, value }
  })
  return { session: await login(transport, { sessionRef: 'OpaqueRef:s' }), calls }
}

/** The parameters that a typed call is sent with, the session left out. It may be passed what the types forbid. */
async function sent(method: string, ...parameters: readonly unknown[]): Promise<readonly unknown[]> {
  const { session, calls } = await sessionWith('')
  const [className = '', message = ''] = method.split('.')
  const call: (...parameters: readonly unknown[]) => Promise<unknown> = Reflect.get(
    Reflect.get(session, className),
    message,
  )
  await call(...parameters).catch((error: unknown) => {
    if (calls.length === 0) throw error // else the answer did not fit, which is none of our business here
  })
  return calls[0]?.slice(2) ?? []
}

describe('the typed messages', () => {
  it('are there for every class', async () => {
    const { session } = await sessionWith('')
    for (const name of datamodel().classes.keys()) expect(session).toHaveProperty(name)
  })

  it('call the message of their class, the session first', async () => {
    const { session, calls } = await sessionWith('OpaqueRef:t')
    expect(await session.tunnel.create('OpaqueRef:p', 'OpaqueRef:n', 'gre')).toBe('OpaqueRef:t')
    expect(calls).toEqual([['tunnel.create', 'OpaqueRef:s', 'OpaqueRef:p', 'OpaqueRef:n', 'gre']])
  })

  it('leave the session out where the message takes none', async () => {
    const { session, calls } = await sessionWith('OpaqueRef:other')
    await session.session.login_with_password('root', 'pw')
    expect(calls).toEqual([['session.login_with_password', 'root', 'pw']])
  })

  it('leave out optional parameters at the end', async () => {
    expect(await sent('tunnel.create', 'p', 'n', undefined)).toEqual(['p', 'n'])
  })

  it('that the datamodel does not have are a mistake of the caller', async () => {
    await expect(sent('tunnel.explode')).rejects.toThrow(new TypeError('XenAPI has no message tunnel.explode'))
  })

  it('let the host judge a parameter too many', async () => {
    expect(await sent('tunnel.destroy', 't', 'more')).toEqual(['t', 'more'])
  })
})

describe('a parameter by its type', () => {
  it('is decimal text for an int', async () => {
    expect(await sent('network.set_MTU', 'n', 9000)).toEqual(['n', '9000'])
    expect(await sent('network.set_MTU', 'n', 9000n)).toEqual(['n', '9000'])
    expect(await sent('network.set_MTU', 'n', '9000')).toEqual(['n', '9000'])
  })

  it('is a Map or a plain object for a map', async () => {
    const map = new Map([['100', 'x']])
    expect(await sent('tunnel.set_other_config', 't', map)).toEqual(['t', map])
    const plain = { b: '1', a: '2' }
    expect(await sent('tunnel.set_other_config', 't', plain)).toEqual([
      't',
      new Map([
        ['b', '1'],
        ['a', '2'],
      ]),
    ])
  })

  it('is a plain object for a record, its fields by their types', async () => {
    const record = { name_label: 'x', MTU: 1500, other_config: new Map(), tags: ['a'] }
    expect(await sent('network.create', record)).toEqual([
      new Map<string, unknown>([
        ['name_label', 'x'],
        ['MTU', '1500'],
        ['other_config', new Map()],
        ['tags', ['a']],
      ]),
    ])
  })

  it('leaves fields that are undefined out of a record, and sends those that only a newer host knows', async () => {
    const record = { name_label: undefined, other_config: {}, brand_new: 'x' }
    expect(await sent('network.create', record)).toEqual([
      new Map<string, unknown>([
        ['other_config', new Map()],
        ['brand_new', 'x'],
      ]),
    ])
  })

  it('is a Date or text for a datetime', async () => {
    const create = (since: unknown) => sent('message.get', 'VM', 'uuid', since)
    expect(await create('20240102T03:04:05Z')).toEqual(['VM', 'uuid', '20240102T03:04:05Z'])
    expect(await create(new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 678)))).toEqual(['VM', 'uuid', '20240102T03:04:05Z'])
  })

  it('is a number for a float', async () => {
    expect(await sent('task.set_progress', 't', 0.5)).toEqual(['t', 0.5])
    expect(await sent('task.set_progress', 't', 1)).toEqual(['t', '1'])
  })

  it.each<[string, unknown[], string]>([
    ['tunnel.create', ['p', 5], 'network is not a reference'],
    ['tunnel.create', [undefined, 'n'], 'transport_PIF is not a reference'],
    ['tunnel.set_status', ['t', ['x']], 'value is not a Map or an object'],
    ['tunnel.set_status', ['t', { active: true }], 'value, key "active" is not a string'],
    ['network.set_MTU', ['n', 1.5], 'value is not an integer'],
    ['network.set_MTU', ['n', 'big'], 'value is not an integer'],
    ['network.set_tags', ['n', 'x'], 'value is not an array'],
    ['network.set_tags', ['n', ['x', 5]], 'value, item 2 is not a string'],
    ['network.create', [{ MTU: 'x' }], 'args, key "MTU" is not an integer'],
    ['message.get', ['VM', 'u', new Date('no')], 'since is not a date'],
    ['task.set_progress', ['t', 'half'], 'value is not a number'],
    ['PIF.set_disallow_unplug', ['p', 'true'], 'value is not true or false'],
  ])('that does not fit is refused by its name: %s %j', async (method, parameters, fault) => {
    await expect(sent(method, ...parameters)).rejects.toMatchObject({
      kind: 'unsendable',
      message: `${method}: ${fault}`,
    })
  })
})

describe('an answer by its type', () => {
  const answer = async <T>(value: Value, call: (session: Session) => Promise<T>): Promise<T> =>
    call((await sessionWith(value)).session)

  it('is nothing for void', async () => {
    expect(await answer('', session => session.tunnel.destroy('t'))).toBeUndefined()
  })

  it.each<[Value, number | bigint]>([
    ['1500', 1500],
    [1500, 1500],
    ['-1', -1],
    ['9223372036854775807', 9223372036854775807n],
    [9223372036854775807n, 9223372036854775807n],
  ])('is a number, or a bigint where digits would be lost, for the int %s', async (value, int) => {
    expect(await answer(value, session => session.network.get_MTU('n'))).toBe(int)
  })

  it('is a number for a float, whichever way it comes', async () => {
    for (const value of [0.5, '0.5']) expect(await answer(value, s => s.task.get_progress('t'))).toBe(0.5)
    expect(await answer(Number.NaN, s => s.task.get_progress('t'))).toBeNaN()
  })

  it('is an object for a record: typed fields, maps as Maps', async () => {
    const wire = new Map<string, Value>([
      ['uuid', 'u'],
      ['name_label', 'x'],
      ['MTU', '1500'],
      ['VIFs', ['OpaqueRef:v']],
      ['other_config', new Map([['__proto__', 'x']])],
      ['managed', true],
    ])
    const record = await answer(wire, session => session.network.get_record('n'))
    expect(record).toEqual({
      uuid: 'u',
      name_label: 'x',
      MTU: 1500,
      VIFs: ['OpaqueRef:v'],
      other_config: new Map([['__proto__', 'x']]),
      managed: true,
    })
  })

  it('keeps fields that this datamodel does not know, whatever they are called', async () => {
    const wire = new Map<string, Value>([
      ['uuid', 'u'],
      ['brand_new', ['5']],
      ['__proto__', new Map([['polluted', 'yes']])],
    ])
    const record: Record<string, unknown> = { ...(await answer(wire, session => session.tunnel.get_record('t'))) }
    expect(record.brand_new).toEqual(['5'])
    expect(Object.keys(record)).toContain('__proto__')
    expect(record.polluted).toBeUndefined()
  })

  it('is a Map of records for all of a class, in the order of the wire', async () => {
    const wire = new Map(['b', 'a'].map(ref => [ref, new Map<string, Value>([['uuid', ref]])]))
    const records = await answer(wire, session => session.tunnel.get_all_records())
    expect([...records]).toEqual([
      ['b', { uuid: 'b' }],
      ['a', { uuid: 'a' }],
    ])
  })

  it.each<[string, Value, (session: Session) => Promise<unknown>, string]>([
    ['an int', 'many', s => s.network.get_MTU('n'), 'network.get_MTU'],
    ['a string', true, s => s.network.get_uuid('n'), 'network.get_uuid'],
    ['a bool', 'true', s => s.network.get_managed('n'), 'network.get_managed'],
    ['a set', '', s => s.network.get_all(), 'network.get_all'],
    ['a map', [], s => s.tunnel.get_status('t'), 'tunnel.get_status'],
    ['a record', '', s => s.tunnel.get_record('t'), 'tunnel.get_record'],
    ['a field', new Map([['MTU', 'x']]), s => s.network.get_record('n'), 'network.get_record, MTU'],
  ])('that is not %s is an error of the host', async (_, value, call, path) => {
    await expect(answer(value, call)).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringMatching(new RegExp(`^${path}: the host answered with something other than`)),
    })
  })
})
