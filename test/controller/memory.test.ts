import { describe, expect, it } from 'vitest'
import { recollection, usualTiming } from '../../src/controller/memory.ts'
import { linkEnd, type Port, type Switch } from '../../src/controller/model.ts'
import { switchOf } from '../../src/controller/switch.ts'

const port = (with_: Partial<Port> = {}): Port => ({
  bridge: 'xapi1',
  name: 't1',
  type: 'gre',
  remoteIp: '10.0.0.2',
  key: 5,
  mark: { pool: 'p', network: 'red', peer: 'h2' },
  isProtected: false,
  ofport: 1,
  error: '',
  bfd: 'down',
  isIntact: true,
  routed: true,
  ...with_,
})

const reading = (ports: readonly Port[], connected = true): Switch =>
  switchOf({ connected, follows: true, canProtect: true, bridges: ['xapi1'], ports }, new Set(['p']))

const never = () => false
const end = linkEnd('h1', 't1')
const { freshMs, overdueMs, awayMs, holdMs, failuresWithinMs } = usualTiming

describe('what a controller remembers', () => {
  it('of a link: whether it was up, is new, or should have come up', () => {
    const past = recollection()
    past.sawSwitch('h1', reading([port()]), 0, never)
    expect(past.memory.ends.get(end)).toEqual({ wasUp: false, fresh: true, overdue: false })
    expect(past.next).toBe(freshMs)
    expect(past.pass(freshMs - 1).networks.size).toBe(0)
    expect([...past.pass(freshMs).networks]).toEqual(['red'])
    expect(past.next).toBe(overdueMs)
    expect([...past.pass(overdueMs).networks]).toEqual(['red'])
    expect(past.memory.ends.get(end)).toEqual({ wasUp: false, fresh: false, overdue: true })
    past.sawSwitch('h1', reading([port({ bfd: 'up' })]), overdueMs, never)
    past.sawSwitch('h1', reading([port()]), overdueMs + 1, never)
    expect(past.memory.ends.get(end)).toMatchObject({ wasUp: true })
    expect(past.next).toBeUndefined()
  })

  it('a link to another address is another one, and one that was taken away has never been', () => {
    const past = recollection()
    past.sawSwitch('h1', reading([port({ bfd: 'up' })]), 0, never)
    past.sawSwitch('h1', reading([port({ remoteIp: '10.0.0.3' })]), 10, never)
    expect(past.memory.ends.get(end)).toEqual({ wasUp: false, fresh: true, overdue: false })
    past.sawSwitch('h1', reading([]), 20, never)
    expect(past.memory.ends.size).toBe(0)
  })

  it('a port that it finds on its start was up if its tunnel was active', () => {
    const past = recollection()
    past.sawSwitch('h1', reading([port()]), 0, network => network === 'red')
    expect(past.memory.ends.get(end)).toMatchObject({ wasUp: true })
    past.sawSwitch('h1', reading([port(), port({ name: 't2' })]), 1, network => network === 'red')
    expect(past.memory.ends.get(linkEnd('h1', 't2'))).toMatchObject({ wasUp: false })
  })

  it('sentence 45: a switch that is away for a moment is not out of reach', () => {
    const past = recollection()
    past.sawSwitch('h1', reading([]), 0, never)
    past.sawSwitch('h1', reading([], false), 100, never)
    expect(past.pass(100 + awayMs - 1).hosts.size).toBe(0)
    expect(past.memory.unreachable.size).toBe(0)
    expect([...past.pass(100 + awayMs).hosts]).toEqual(['h1'])
    expect([...past.memory.unreachable]).toEqual(['h1'])
    past.sawSwitch('h1', reading([]), 9000, never)
    expect(past.memory.unreachable.size).toBe(0)
  })

  it('sentence 24: a host that failed three times in a minute is held until it has been quiet for long enough', () => {
    const past = recollection()
    const fail = (now: number) => past.decided('red', { centre: 'h2', failed: 'h1', key: 5 }, now)
    fail(0)
    fail(20_000)
    expect(past.memory.failures.get('red')?.get('h1')).toBe(2)
    expect(past.memory.held.get('red')?.size).toBe(0)
    fail(40_000)
    expect([...(past.memory.held.get('red') ?? [])]).toEqual(['h1'])
    past.pass(40_000 + holdMs - 1)
    expect([...(past.memory.held.get('red') ?? [])]).toEqual(['h1'])
    expect([...past.pass(40_000 + Math.max(holdMs, failuresWithinMs)).networks]).toEqual(['red'])
    expect(past.memory.held.has('red')).toBe(false)
    expect(past.next).toBeUndefined()
  })

  it('a failure that counts no longer is nothing to wait for, while another one still counts', () => {
    const past = recollection()
    const fail = (now: number) => past.decided('red', { centre: 'h2', failed: 'h1', key: 5 }, now)
    fail(0)
    fail(20_000)
    expect(past.next).toBe(failuresWithinMs)
    past.pass(failuresWithinMs)
    expect(past.memory.failures.get('red')?.get('h1')).toBe(1)
    expect(past.next).toBe(20_000 + failuresWithinMs)
  })

  it('the centre and the key of a network until it is gone', () => {
    const past = recollection()
    past.decided('red', { centre: 'h1', failed: undefined, key: 5 }, 0)
    past.decided('red', { centre: undefined, failed: undefined, key: 5 }, 1)
    expect(past.memory.centres.get('red')).toBe('h1')
    past.decided('red', undefined, 2)
    expect([past.memory.centres.size, past.memory.keys.size]).toEqual([0, 0])
  })
})
