import { type DType, dtypes, type Kernel } from '@sconce/backend'
import { expect } from 'vitest'
import { runOn, type Spec, whole } from '../../backend/test/harness.ts'
import { ToyBackend } from '../../backend/test/toy-backend.ts'
import type { Value } from '../../backend/test/toy-scalars.ts'
import { type CpuBackend, createCpuBackend } from '../src/index.ts'

export const engines = ['codegen', 'closures'] as const

/** Relative error that two orders of the same float32 (or float64…) computation may have. */
const tolerance: Partial<Record<DType, number>> = {
  float64: 1e-13,
  float32: 1e-6,
  float16: 2e-3,
  bfloat16: 2e-2,
}

function expectSame(actual: Value[], expected: Value[], dtype: DType, factor: number): void {
  const bound = dtypes[dtype].kind === 'float' ? factor * (tolerance[dtype] ?? 0) : 0
  actual.forEach((value, i) => {
    const wanted = expected[i]
    if (Object.is(value, wanted)) return
    const error = Math.abs(Number(value) - Number(wanted))
    const scale = Math.max(1, Math.abs(Number(wanted)))
    const near = bound > 0 && error <= bound * scale
    expect(near, `element ${i}: ${String(value)} instead of ${String(wanted)} (${dtype})`).toBe(
      true,
    )
  })
}

/**
 * Runs a kernel on the toy backend and on both engines of cpu, and compares all of the outputs'
 * memory, gaps included. `factor` widens the tolerance; 0 asks for equal bits.
 */
export function compare(
  kernel: Kernel,
  inputs: readonly Spec[],
  outputs: readonly Spec[],
  { scalars = [], factor = 1 }: { scalars?: readonly number[]; factor?: number } = {},
): void {
  const toy = new ToyBackend()
  const expected = runOn(toy, kernel, inputs, outputs, scalars).map((o) => whole(toy, o))
  const results = engines.map((engine) => {
    const cpu = createCpuBackend({ engine })
    const found = runOn(cpu, kernel, inputs, outputs, scalars).map((o) => whole(cpu, o))
    found.forEach((values, k) => expectSame(values, expected[k], outputs[k].dtype, factor))
    return found
  })
  // The engines keep the same order of operations, hence the same bits.
  expect(results[1]).toEqual(results[0])
}

/** Values of a one-input, one-output kernel on a row of numbers. */
export function rowOf(
  cpu: CpuBackend,
  kernel: Kernel,
  inputs: readonly (readonly (number | bigint)[])[],
  scalars: readonly number[] = [],
): Value[] {
  const shape = [inputs[0].length]
  const specs = inputs.map((values, i) => ({ dtype: kernel.inputs[i], shape, values }))
  const outputs = kernel.outputs.map((dtype) => ({ dtype, shape }))
  const [out] = runOn(cpu, kernel, specs, outputs, scalars)
  return whole(cpu, out).slice(0, shape[0])
}

export const allDTypes = Object.keys(dtypes).filter((name): name is DType => name in dtypes)
