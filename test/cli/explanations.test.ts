import { describe, expect, it } from 'vitest'
import { explanations } from '../../src/cli/errors/explanations.ts'
import { errorParameters } from '../../src/datamodel/index.ts'

const lines = Object.entries(explanations)

/** The entries that break a rule, so that a failure names them. */
function offenders(isFine: (line: string) => boolean): [code: string, line: string][] {
  return lines.filter(([, line]) => !isFine(line))
}

describe('the explanations of error codes', () => {
  it('cover every declared code, in the order of the datamodel', () => {
    expect(Object.keys(explanations)).toEqual(Object.keys(errorParameters))
  })

  it('say what is wrong with a tunnel in terms that help', () => {
    expect(explanations.TRANSPORT_PIF_NOT_CONFIGURED).toMatch(/transport PIF.*IPv4/)
    expect(explanations.OPENVSWITCH_NOT_ACTIVE).toMatch(/openvswitch/)
  })

  it('are one line each, without runs of spaces or stray blanks', () => {
    expect(offenders(line => !/[\r\n\t]| {2}/.test(line) && line === line.trim())).toEqual([])
  })

  it('start with a capital and end with one full stop', () => {
    expect(offenders(line => /^[A-Z].*[^.]\.$/.test(line))).toEqual([])
  })

  it('fit on a line of a terminal', () => {
    expect(offenders(line => line.length >= 30 && line.length <= 140)).toEqual([])
  })

  it('differ from each other', () => {
    expect(new Set(Object.values(explanations)).size).toBe(lines.length)
  })

  it('name pool roles as the product does now', () => {
    expect(offenders(line => !/\b(master|slave)s?\b/i.test(line))).toEqual([])
  })

  it('leave the code and its parameters to the lines that print them', () => {
    expect(offenders(line => !/[A-Z0-9]+_[A-Z0-9_]+|%[sd]|[{}<>]/.test(line))).toEqual([])
  })
})
