import { type DType, dtypes, type TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { largestFloat, typeNames } from './dtype-limits.ts'
import { type FloatDType, generate, requireFloat, rounder, significandBits } from './elements.ts'
import { fma32, fma64 } from './fma.ts'
import type { Generator } from './generator.ts'
import { streamed } from './text.ts'

function checkBounds(dtype: FloatDType, from: number, to: number): void {
  const max = largestFloat[dtype]
  for (const [label, value] of Object.entries({ from, to })) {
    check(value >= -max && value <= max, () => `${label} is out of bounds for ${typeNames[dtype]}`)
  }
  check(
    from <= to,
    () =>
      `uniform_ expects to return a [from, to) range, but found from=${streamed(from)} > to=${streamed(to)}`,
  )
  check(
    to - from <= max,
    () =>
      `uniform_ expects to-from <= std::numeric_limits<${dtypes[dtype].scalarType}>::max(), but found to=${streamed(to)} and from=${streamed(from)} which result in to-from to exceed the limit`,
  )
}

/** Fills with float32 numbers in [0, 1), 24 bits each. */
export function fillUnitFloat32(generator: Generator, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (generator.random() & 0xffffff) * 2 ** -24
}

/** Fills with doubles in [0, 1), 53 bits each. */
export function fillUnitFloat64(generator: Generator, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = generator.uniform53()
}

/**
 * `count` numbers from [from, to): `Tensor.uniform_`, and by default `torch.rand`.
 * @param dtype a float dtype: one draw of as many bits as its significand has; float64 takes two.
 * @throws RuntimeError in PyTorch's words on an integer dtype or bounds the dtype can't hold.
 */
export function uniform(
  generator: Generator,
  dtype: DType,
  count: number,
  from = 0,
  to = 1,
): TypedArray {
  const float = requireFloat(dtype, 'check_uniform_bounds')
  checkBounds(float, from, to)
  const round = rounder(float)
  const base = round(from)
  const range = round(round(to) - base)
  const unit = base === 0 && range === 1

  if (float === 'float32') {
    const out = new Float32Array(count)
    if (unit) fillUnitFloat32(generator, out)
    else {
      const scale = range * 2 ** -24
      for (let i = 0; i < count; i++) out[i] = (generator.random() & 0xffffff) * scale + base
    }
    return out
  }
  if (float === 'float64') {
    const out = new Float64Array(count)
    if (unit) fillUnitFloat64(generator, out)
    else for (let i = 0; i < count; i++) out[i] = fma64(generator.uniform53(), range, base)
    return out
  }
  const mask = 2 ** significandBits[float] - 1
  const step = 1 / (mask + 1)
  return generate(float, count, () => fma32((generator.random() & mask) * step, range, base))
}
