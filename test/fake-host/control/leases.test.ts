import { expect, it } from 'vitest'
import { Leases } from '../../../src/fake-host/control/leases.ts'

it('gives a lease to one at a time, until it ends or is given back', () => {
  let now = 0
  const leases = new Leases(() => now)
  expect(leases.take('controller', 'a', 1000)).toBe('a')
  expect(leases.take('controller', 'b', 1000)).toBe('a')
  expect(leases.take('other', 'b', 1000)).toBe('b')
  now = 900
  expect(leases.take('controller', 'a', 1000)).toBe('a')
  now = 1500
  expect(leases.take('controller', 'b', 1000)).toBe('a')
  now = 1900
  expect(leases.take('controller', 'b', 1000)).toBe('b')
  leases.release('controller', 'a')
  expect(leases.take('controller', 'a', 1000)).toBe('b')
  leases.release('controller', 'b')
  expect(leases.take('controller', 'a', 1000)).toBe('a')
})
