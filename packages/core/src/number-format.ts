/** An element as printed. */
export type Cell = number | boolean | bigint

/**
 * Digits of `|x|` behind the point, ties to even as in C. (`toFixed` is exact but rounds ties up.)
 */
function fixed(x: number, digits: number): string {
  const text = Math.abs(x).toFixed(digits)
  const exact = Math.abs(x).toFixed(Math.min(100, digits + 60))
  const tail = digits === 0 ? exact.split('.')[1] : exact.slice(exact.indexOf('.') + 1 + digits)
  const tie = /^50*$/.test(tail)
  const even = tie ? truncatedIfEven(exact, digits) : undefined
  return (isNegative(x) ? '-' : '') + (even ?? text)
}

function truncatedIfEven(exact: string, digits: number): string | undefined {
  const [whole, fraction] = exact.split('.')
  const cut = digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`
  return Number(cut.at(-1)) % 2 === 0 ? cut : undefined
}

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)

/** C's `%.4e`: two digits of exponent at least. */
function scientific(x: number, digits: number): string {
  const [mantissa, exponent] = Math.abs(x).toExponential(digits).split('e')
  const long = Math.abs(x)
    .toExponential(Math.min(100, digits + 60))
    .split('e')[0]
  const tie = /^50*$/.test(long.slice(long.indexOf('.') + 1 + digits))
  const digitsText = (tie ? truncatedIfEven(long, digits) : undefined) ?? mantissa
  const power = Math.abs(Number(exponent)).toString().padStart(2, '0')
  return `${isNegative(x) ? '-' : ''}${digitsText}e${exponent.startsWith('-') ? '-' : '+'}${power}`
}

const special = (x: number): string => (Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf')

const plain = (x: Cell): string => (typeof x === 'boolean' ? (x ? 'True' : 'False') : String(x))

/** PyTorch's `_Formatter`: one width and notation for all elements of a tensor. */
export class NumberFormat {
  width = 1
  readonly #float: boolean
  readonly #precision: number
  #integral = true
  #scientific = false

  constructor(values: readonly Cell[], float: boolean, precision: number, sciMode: boolean | null) {
    this.#float = float
    this.#precision = precision
    if (!float) {
      for (const v of values) this.width = Math.max(this.width, plain(v).length)
      return
    }
    const finite = values.map(Number).filter((v) => Number.isFinite(v) && v !== 0)
    if (finite.length > 0) {
      let min = Number.POSITIVE_INFINITY
      let max = 0
      for (const v of finite) {
        min = Math.min(min, Math.abs(v))
        max = Math.max(max, Math.abs(v))
      }
      this.#integral = finite.every(Number.isInteger)
      this.#scientific = max / min > 1000 || max > 1e8 || (!this.#integral && min < 1e-4)
      for (const v of finite) {
        const text = this.#scientific
          ? scientific(v, precision)
          : this.#integral
            ? `${fixed(v, 0)}.`
            : fixed(v, precision)
        this.width = Math.max(this.width, text.length)
      }
    }
    if (sciMode !== null) this.#scientific = sciMode
  }

  /** The element, padded to the common width. */
  text(value: Cell): string {
    return this.#bare(value).padStart(this.width)
  }

  #bare(value: Cell): string {
    if (!this.#float) return plain(value)
    const x = Number(value)
    if (!Number.isFinite(x)) return special(x)
    if (this.#scientific) return scientific(x, this.#precision)
    return this.#integral ? `${fixed(x, 0)}.` : fixed(x, this.#precision)
  }
}
