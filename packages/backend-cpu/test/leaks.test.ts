import {
  acc,
  type Buffer,
  contiguousStrides,
  execute,
  input,
  type Kernel,
  kernels,
  type Operand,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { type CpuBackend, createCpuBackend } from '../src/index.ts'
import { engines } from './engines.ts'

const f32 = 'float32' as const
const x = input(0, f32)
const geometry = { stride: [1], padding: [1], dilation: [1], groups: 1 }
const kinds: Kernel[] = [
  kernels.map([x.add(1)]),
  kernels.reduce([{ op: 'sum', value: x }], [acc(0, f32)]),
  kernels.scatter('add', [x.cast('int32'), x.cast('int32')], x, f32),
  kernels.matmul(f32, acc(0, f32).add(input(2, f32))),
  kernels.conv('forward', f32, geometry, acc(0, f32)),
  kernels.scan('sum', x, [acc(0, f32)]),
  kernels.sort(f32, false),
  kernels.softmax(f32, false, false),
  kernels.normalize(f32, { backward: false, weight: false, bias: false }),
  kernels.attention(f32, false, false),
]

/** Runs a kernel on new buffers, in a layout that is not contiguous; returns what can tell of their end. */
function run(cpu: CpuBackend, kernel: Kernel): WeakRef<Buffer>[] {
  const shape = kernel.kind === 'conv' ? [3, 3, 3] : [3, 3]
  const operand = (dtype: Kernel['inputs'][number], k: number): Operand => {
    const buffer = cpu.allocate(dtype, 27)
    const strides = contiguousStrides(shape).reverse()
    if (kernel.kind === 'reduce' || (kernel.kind === 'normalize' && k > 0)) strides[1] = 0
    return { buffer, dtype, shape, strides, offset: 0 }
  }
  const inputs = kernel.inputs.map((dtype) => operand(dtype, 0))
  const outputs = kernel.outputs.map(operand)
  execute(cpu, kernel, inputs, outputs, [1])
  return [...inputs, ...outputs].map((o) => new WeakRef(o.buffer))
}

describe.each(engines)('%s', (engine) => {
  it.each(kinds.map((kernel) => [kernel.kind, kernel] as const))(
    '%s keeps no buffer alive',
    async (_, kernel) => {
      const cpu = createCpuBackend({ engine })
      const buffers = run(cpu, kernel)
      // A WeakRef holds its target until the current job is done.
      await new Promise((resolve) => setTimeout(resolve))
      globalThis.gc?.()
      expect(globalThis.gc).toBeDefined()
      expect(buffers.map((ref) => ref.deref())).toEqual(buffers.map(() => undefined))
      expect(cpu.supports(kernel)).toBe(true)
    },
  )
})
