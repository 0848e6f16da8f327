/** Elements of recorded results that nothing is said about. */
import { type DType, dtypes, isFloat, type Numerics } from '@sconce/backend'
import { decodeTensor } from '../compare/decode.ts'
import { type HostTensor, numbersOf } from '../compare/host.ts'
import type { OpCase, OpFile } from '../golden/types.ts'
import { recordedTensors } from './arguments.ts'

/** Casts by their names: C leaves it open what a float becomes that the integer type can't hold. */
const casts: Readonly<Record<string, DType>> = {
  byte: 'uint8',
  char: 'int8',
  short: 'int16',
  int: 'int32',
  long: 'int64',
}

function isBeyond(value: number, dtype: DType): boolean {
  const bits = dtypes[dtype].size * 8
  const [low, high] = dtype === 'uint8' ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)]
  const whole = Math.trunc(value)
  return !(whole >= low && whole < high)
}

const leastNormal: Partial<Record<DType, number>> = {
  float32: 2 ** -126,
  float64: 2 ** -1022,
  float16: 2 ** -14,
  bfloat16: 2 ** -126,
}

const isSubnormal = (value: number, dtype: DType): boolean =>
  value !== 0 && Math.abs(value) < (leastNormal[dtype] ?? 0)

/**
 * PyTorch's vectorised remainder is NaN where the quotient is beyond the floats; C's, and its own scalar
 * loop, is the remainder.
 */
const remainders: ReadonlySet<string> = new Set(['fmod', 'remainder', '__rmod__', '__mod__'])

/** Whether a device without certain numbers can make anything of a value. */
const isStrange = (value: number, dtype: DType, { subnormals, specials }: Numerics): boolean =>
  (subnormals === false && isSubnormal(value, dtype)) ||
  (specials === false && !Number.isFinite(value))

/**
 * The positions of elements that are not compared, in results with as many elements as the arguments: of
 * casts those that C leaves undefined, of extreme values those that the device claims not to have.
 * @returns undefined where all are compared
 */
export function ignoredPositions(
  { name }: OpFile,
  member: OpCase,
  numerics: Numerics = {},
): ReadonlySet<number> | undefined {
  const to = Object.hasOwn(casts, name) ? casts[name] : undefined
  if (!to && !member.special) return undefined
  const inputs: HostTensor[] = [...recordedTensors(member).values()].map(decodeTensor)
  const count = inputs[0]?.data.length
  if (inputs.some(({ data }) => data.length !== count)) return undefined
  const found = new Set<number>()
  for (const input of inputs) {
    if (!isFloat(input.dtype)) continue
    numbersOf(input).forEach((value, i) => {
      if ((to && isBeyond(value, to)) || isStrange(value, input.dtype, numerics)) found.add(i)
    })
  }
  if (remainders.has(name)) for (const i of overflowingQuotients(inputs)) found.add(i)
  return found.size > 0 ? found : undefined
}

/** Where the quotient of the arguments, taken either way, is beyond the floats. */
function overflowingQuotients(inputs: readonly HostTensor[]): number[] {
  if (inputs.length !== 2 || !inputs.every(({ dtype }) => dtype === 'float32')) return []
  const [a, b] = inputs.map(numbersOf)
  const overflows = (x: number, y: number): boolean =>
    Number.isFinite(x) && y !== 0 && !Number.isFinite(Math.fround(x / y))
  return [...a.keys()].filter((i) => overflows(a[i], b[i]) || overflows(b[i], a[i]))
}
