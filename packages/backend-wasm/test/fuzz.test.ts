import { printKernel } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'
import './support/relaxed.ts'
import { difference } from './support/compare.ts'
import { type Case, generate } from './support/generate.ts'
import { Random } from './support/random.ts'
import { run } from './support/run.ts'

/**
 * Random kernels on random operands, cpu against wasm. `SCONCE_FUZZ=<id>` runs one case again, and
 * `SCONCE_FUZZ_COUNT=<n>` runs another number of them.
 */
const only = process.env.SCONCE_FUZZ
const count = Number(process.env.SCONCE_FUZZ_COUNT ?? 600)
const first = 20260 * 1000

const describeCase = (id: number, { kernel, inputs, outputs, scalars }: Case): string =>
  [
    `case ${id}: ${printKernel(kernel)}`,
    ...[...inputs, ...outputs].map(
      (d) => `  ${d.dtype} shape [${d.shape}] strides [${d.strides}] offset ${d.offset}`,
    ),
    `  scalars [${scalars}]`,
  ].join('\n')

function check(id: number, wasm: WasmBackend, cpu: CpuBackend): string | undefined {
  const made = generate(new Random(id))
  const { kernel, inputs, outputs, scalars, aliases, ulps } = made
  const [actual, expected] = [wasm, cpu].map((backend) =>
    run(backend, kernel, inputs, outputs, scalars, aliases),
  )
  for (let k = 0; k < outputs.length; k++) {
    const found = difference(actual[k], expected[k], outputs[k].dtype, { ulps: ulps[k] })
    if (found) return `output ${k}: ${found}\n${describeCase(id, made)}`
  }
  return undefined
}

const checkAll = (relaxed: boolean): void => {
  const wasm = new WasmBackend({ relaxed })
  const cpu = new CpuBackend()
  const ids = only ? [Number(only)] : Array.from({ length: count }, (_, i) => first + i)
  const failures = ids.flatMap((id) => check(id, wasm, cpu) ?? [])
  expect(failures.slice(0, 3).join('\n\n')).toBe('')
}

describe('random kernels give what cpu gives', () => {
  it('with plain SIMD', () => checkAll(false))
  it('with relaxed SIMD', () => checkAll(true))
})
