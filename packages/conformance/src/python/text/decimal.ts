/** Decimal digits of floats, exactly rounded (half to even), as C's `printf` and Python give them. */

const bits = new DataView(new ArrayBuffer(8))

/** A finite float as `mantissa · 2^exponent`, without its sign. */
export function decompose(x: number): { mantissa: bigint; exponent: number } {
  bits.setFloat64(0, Math.abs(x))
  const raw = bits.getBigUint64(0)
  const biased = Number(raw >> 52n)
  const fraction = raw & 0xfffffffffffffn
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 }
}

/** Quotient of two positive integers, rounded half to even. */
export function divideEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twice = (numerator % denominator) * 2n
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n)
  return up ? quotient + 1n : quotient
}

/** `|x| · 10^places`, rounded to an integer. */
export function scaled(x: number, places: number): bigint {
  const { mantissa, exponent } = decompose(x)
  const numerator =
    mantissa * 10n ** BigInt(Math.max(places, 0)) * 2n ** BigInt(Math.max(exponent, 0))
  const denominator = 10n ** BigInt(Math.max(-places, 0)) * 2n ** BigInt(Math.max(-exponent, 0))
  return divideEven(numerator, denominator)
}

/** `%.{precision}f` of `|x|`. */
export function fixed(x: number, precision: number): string {
  const digits = String(scaled(x, precision)).padStart(precision + 1, '0')
  const point = digits.length - precision
  return precision > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits
}

/** The `precision + 1` leading digits of `|x|`, and the power of ten of the first. */
export function leadingDigits(x: number, precision: number): { digits: string; exponent: number } {
  if (x === 0) return { digits: '0'.repeat(precision + 1), exponent: 0 }
  let exponent = Number(Math.abs(x).toExponential().split('e')[1])
  let digits = String(scaled(x, precision - exponent))
  // The estimate was made of the shortest digits, which may have been rounded up to a power of ten.
  if (digits.length <= precision) digits = String(scaled(x, precision - --exponent))
  // Rounding may have carried into a further digit.
  if (digits.length > precision + 1) {
    digits = digits.slice(0, -1)
    exponent++
  }
  return { digits, exponent }
}

/** `+05` as exponents are written: sign and at least two digits. */
export const exponentText = (exponent: number): string =>
  `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`

/** `%.{precision}e` of `|x|`. */
export function exponential(x: number, precision: number): string {
  const { digits, exponent } = leadingDigits(x, precision)
  const fraction = precision > 0 ? `.${digits.slice(1)}` : ''
  return `${digits[0]}${fraction}e${exponentText(exponent)}`
}

/** `%.{precision}g` of `|x|`; `alternate` keeps trailing zeros. */
export function general(x: number, precision: number, alternate = false): string {
  const significant = Math.max(precision, 1)
  const { digits, exponent } = leadingDigits(x, significant - 1)
  const trim = (text: string): string =>
    alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, '')
  if (exponent < -4 || exponent >= significant) {
    const mantissa = trim(digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits)
    return `${mantissa}e${exponentText(exponent)}`
  }
  return trim(fixed(x, significant - 1 - exponent))
}

/** `repr` of a float: the shortest digits that give the same float back. */
export function floatRepr(x: number): string {
  if (Number.isNaN(x)) return 'nan'
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf'
  const sign = x < 0 || Object.is(x, -0) ? '-' : ''
  const [mantissa, power] = Math.abs(x).toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) return `${sign}${mantissa}e${exponentText(exponent)}`
  const digits = mantissa.replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}
