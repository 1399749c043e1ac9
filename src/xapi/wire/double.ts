const DIGITS = 16

/**
 * A float as hosts print it in XML, which is C's `%.16g`: `0`, `0.1`, `1e+20`, `nan`, `inf`
 * (docs/spec/protocol-semantics.md 1.3).
 */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  return general(value, DIGITS)
}

/**
 * A float as hosts print it in JSON: as in XML, but never without a fraction or an exponent, with one more digit where 16 are
 * not enough to read the same number back, and with other words for what is no number.
 */
export function formatJsonDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const short = general(value, DIGITS)
  const exact = Number(short) === value ? short : general(value, DIGITS + 1)
  return /^-?\d+$/.test(exact) ? `${exact}.0` : exact
}

/** C's `%.<digits>g` of a finite number. */
function general(value: number, digits: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = ''] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < digits) return withoutZeros(value.toFixed(digits - 1 - exponent))
  return `${withoutZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

const withoutZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits)
