const DIGITS = 16

/**
 * A float as hosts print it, which is C's `%.16g`: `0`, `0.1`, `1e+20`, `nan`, `inf`
 * (docs/spec/protocol-semantics.md 1.3).
 */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = ''] = value.toExponential(DIGITS - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < DIGITS) return withoutZeros(value.toFixed(DIGITS - 1 - exponent))
  return `${withoutZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

const withoutZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits)
