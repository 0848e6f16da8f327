/** Numbers as people read them. */

const digits = (value: number): string =>
  value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)

/** A time given in milliseconds, in the unit that suits it. */
export function duration(ms: number): string {
  if (ms >= 1000) return `${digits(ms / 1000)} s`
  return ms >= 0.1 ? `${digits(ms)} ms` : `${digits(ms * 1000)} µs`
}

/** `1.7×`. */
export const times = (ratio: number): string => `${digits(ratio)}×`

/** Floating-point operations per second. */
export const rate = (flops: number, ms: number): string => `${digits(flops / ms / 1e6)} GFLOP/s`

/** A figure with its unit; bytes in the unit that suits them. */
export function quantity(value: number, unit: string): string {
  const [base, ...more] = unit.split(' ')
  const text = base === 'bytes' ? bytes(value) : `${digitsOf(value)} ${base}`.trim()
  return [text, ...more].join(' ')
}

const digitsOf = (value: number): string => (Number.isInteger(value) ? `${value}` : digits(value))

function bytes(value: number): string {
  if (Math.abs(value) >= 1e6) return `${digits(value / 1e6)} MB`
  return Math.abs(value) >= 1000 ? `${digits(value / 1000)} KB` : `${value} bytes`
}
