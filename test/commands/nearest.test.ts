import { expect, test } from 'vitest'
import { nearest } from '../../src/commands/nearest.ts'

const known = ['tunnel-create', 'tunnel-destroy', 'tunnel-list', 'pif-list', 'vif-list', 'network-param-set']

test.each([
  ['tunnel-lst', ['tunnel-list']],
  ['tunnel-craete', ['tunnel-create']],
  ['tunnel_list', ['tunnel-list']],
  ['TUNNEL-LIST', ['tunnel-list']],
  ['xif-list', ['pif-list', 'vif-list']],
  ['network-param-sett', ['network-param-set']],
  ['nonsense', []],
  ['', []],
  ['x', []],
])('%s may have been meant as %j', (typed, meant) => {
  expect(nearest(typed, known)).toEqual(meant)
})

test('a name that is far longer than any is nothing', () => {
  expect(nearest('x'.repeat(100_000), known)).toEqual([])
})
