import { describe, expect, it } from 'vitest'
import { render } from '../../src/cli/output.ts'
import type { Line } from '../../src/commands/index.ts'

const records = (...all: Line[][]) => ({ kind: 'records', records: all }) as const

describe('records', () => {
  it('align their colons, the first label on the left, and are followed by two empty lines', () => {
    const printed = render(records([['uuid ( RO)', '1'], ['other-config (MRW)', ''], ['MTU ( RW)', 'a\nb']]), false) // biome-ignore format: a record
    expect(printed).toBe('uuid ( RO)            : 1\n    other-config (MRW): \n             MTU ( RW): a\nb\n\n\n')
  })

  it('are each as wide as they need to be', () => {
    expect(render(records([['a', '1']], [['long', '2']]), false)).toBe('a    : 1\n\n\nlong    : 2\n\n\n')
  })

  it('count bytes, not letters', () => {
    expect(render(records([['ü', '1'], ['ab', '2']]), false)).toBe('ü    : 1\n    ab: 2\n\n\n') // biome-ignore format: a record
  })

  it('print nothing when there are none, and three newlines when one has no lines', () => {
    expect(render(records(), false)).toBe('')
    expect(render(records([]), false)).toBe('\n\n\n')
  })
})

it('values print a line each', () => {
  expect(render({ kind: 'values', values: ['a', 'b,c'] }, false)).toBe('a\nb,c\n')
  expect(render({ kind: 'nothing' }, false)).toBe('')
})

describe('--minimal', () => {
  it('is the first value of each record on one line, commas and backslashes escaped', () => {
    expect(render(records([['a', '1,2'], ['b', 'x']], [['a', '\\']]), true)).toBe('1\\,2,\\\\\n') // biome-ignore format: records
  })

  it('is an empty line where there is nothing, or where a record has no lines', () => {
    expect(render(records(), true)).toBe('\n')
    expect(render(records([['a', '1']], []), true)).toBe('\n')
    expect(render({ kind: 'nothing' }, true)).toBe('\n')
  })

  it('is all values between commas', () => {
    expect(render({ kind: 'values', values: ['a', 'b,c', ''] }, true)).toBe('a,b\\,c,\n')
  })
})
