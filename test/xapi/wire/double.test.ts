import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatDouble, formatJsonDouble } from '../../../src/xapi/wire/double.ts'

it.each([
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [-20, '-20'],
  [0.1, '0.1'],
  [1e20, '1e+20'],
  [1e15, '1000000000000000'],
  [1e16, '1e+16'],
  [123456.789, '123456.789'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-300, '1.5e-300'],
  [1 / 3, '0.3333333333333333'],
  [0.1 + 0.2, '0.3'],
  [9_999_999_999_999_998, '9999999999999998'],
  [Number.NaN, 'nan'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
])('prints %s as %s', (value, text) => {
  expect(formatDouble(value)).toBe(text)
})

it('keeps 16 digits of every number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
      expect(Number(formatDouble(value)) + 0).toBe(Number(value.toPrecision(16)) + 0) // -0 prints as toPrecision does not
    }),
  )
})

it.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [0.1, '0.1'],
  [1e15, '1000000000000000.0'],
  [1e20, '1e+20'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1 / 3, '0.3333333333333333'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
])('prints %s for JSON as %s', (value, text) => {
  expect(formatJsonDouble(value)).toBe(text)
})

it('loses nothing of any number in JSON, and never looks like an integer', () => {
  fc.assert(
    fc.property(fc.double(), value => {
      const text = formatJsonDouble(value)
      expect(Number(text)).toBe(value)
      expect(text).toMatch(/[.eNI]/)
    }),
  )
})
