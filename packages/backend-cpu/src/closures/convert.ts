import { type DType, dtypes, InvalidKernel } from '@sconce/backend'
import { floats, ints, longs, type Register } from '../elements.ts'
import { conversions } from '../scalar/convert.ts'
import { isNarrow, wraps } from '../scalar/integer.ts'

type Fill = (n: number) => void

const { float16Bits, float16Value, bfloat16Bits, bfloat16Value, longToFloat, toLong } = conversions

const isHalf = (dtype: DType): boolean => dtype === 'float16' || dtype === 'bfloat16'

/** `y = f(x)` on numbers. */
const numbers =
  (x: Float64Array | Int32Array, y: Float64Array | Int32Array, f: (x: number) => number): Fill =>
  (n) => {
    for (let i = 0; i < n; i++) y[i] = f(x[i])
  }

/** From a dtype whose values are numbers as they stand to any dtype. */
function fromNumber(x: Float64Array | Int32Array, from: DType, to: DType, out: Register): Fill {
  switch (to) {
    case 'int64': {
      const y = longs(out)
      return (n) => {
        for (let i = 0; i < n; i++) y[i] = toLong(x[i])
      }
    }
    case 'float64':
    case 'float32': {
      const y = floats(out)
      if (to === 'float32' && (from === 'float64' || from === 'int32')) {
        return (n) => {
          for (let i = 0; i < n; i++) y[i] = Math.fround(x[i])
        }
      }
      return (n) => {
        for (let i = 0; i < n; i++) y[i] = x[i]
      }
    }
    case 'bool':
      return numbers(x, ints(out), (v) => (v !== 0 ? 1 : 0))
    case 'float16':
      return numbers(x, ints(out), float16Bits)
    case 'bfloat16':
      return numbers(x, ints(out), bfloat16Bits)
    default:
      return numbers(x, ints(out), wraps[to])
  }
}

function fromLong(x: BigInt64Array, to: DType, out: Register): Fill {
  const each = (y: Float64Array | Int32Array, f: (x: bigint) => number): Fill => {
    return (n) => {
      for (let i = 0; i < n; i++) y[i] = f(x[i])
    }
  }
  switch (to) {
    case 'float64':
      return each(floats(out), Number)
    case 'float32':
      return each(floats(out), longToFloat)
    case 'float16':
      return each(ints(out), (v) => float16Bits(longToFloat(v)))
    case 'bfloat16':
      return each(ints(out), (v) => bfloat16Bits(longToFloat(v)))
    case 'bool':
      return each(ints(out), (v) => (v !== 0n ? 1 : 0))
    default: {
      if (!isNarrow(to)) throw new InvalidKernel(`a cast of int64 to ${to}`)
      const wrap = wraps[to]
      return each(ints(out), (v) => wrap(Number(BigInt.asIntN(32, v))))
    }
  }
}

/** The cast of a block from one dtype to another. */
export function castLoop(from: DType, to: DType, x: Register, out: Register): Fill {
  if (x instanceof BigInt64Array) return fromLong(x, to, out)
  if (!isHalf(from)) return fromNumber(x, from, to, out)
  const value = from === 'float16' ? float16Value : bfloat16Value
  if (to === 'float32' || to === 'float64') return numbers(x, floats(out), value)
  const wide = new Float64Array(x.length)
  const widen = numbers(x, wide, value)
  const narrow = fromNumber(wide, 'float32', to, out)
  return (n) => {
    widen(n)
    narrow(n)
  }
}

/** The bits of a block as the other type of the same width. */
export function bitcastLoop(from: DType, x: Register, out: Register): Fill {
  const { doubleBits, doubleOfBits, floatBits, floatOfBits } = conversions
  if (x instanceof BigInt64Array) {
    const y = floats(out)
    return (n) => {
      for (let i = 0; i < n; i++) y[i] = doubleOfBits(x[i])
    }
  }
  if (out instanceof BigInt64Array) {
    return (n) => {
      for (let i = 0; i < n; i++) out[i] = doubleBits(x[i])
    }
  }
  if (from === 'float32') return numbers(x, ints(out), floatBits)
  if (from === 'int32') return numbers(x, floats(out), floatOfBits)
  throw new InvalidKernel(`bitcast: no type of the same width as ${dtypes[from].scalarType}`)
}
