import {
  acc,
  contiguousStrides,
  elementCount,
  execute,
  input,
  type Kernel,
  kernels,
  scalar,
} from '@sconce/backend'
import { type CpuBackendOptions, createCpuBackend } from '../src/index.ts'

export interface Outcome {
  readonly description: string
  readonly values: Record<string, number[]>
}

/** A kernel of each kind on one matrix. */
const f32 = 'float32' as const
const x = input(0, f32)
const geometry = { stride: [1], padding: [1], dilation: [1], groups: 1 }
const kinds: Record<string, Kernel> = {
  map: kernels.map([x.mul(scalar(0, f32)).tanh()]),
  reduce: kernels.reduce([{ op: 'sum', value: x.exp() }], [acc(0, f32).log()]),
  scatter: kernels.scatter('add', [x.cast('int32'), x.cast('int32').neg()], x, f32),
  matmul: kernels.matmul(f32, acc(0, f32).max(0)),
  conv: kernels.conv('forward', f32, geometry, acc(0, f32)),
  scan: kernels.scan('sum', x, [acc(0, f32)]),
  sort: kernels.sort(f32, true),
  softmax: kernels.softmax(f32, false, false),
  normalize: kernels.normalize(f32, { backward: false, weight: false, bias: false }),
  attention: kernels.attention(f32, true, false),
}

/** Runs a kernel of each kind on a new cpu backend. */
export function workload(options: CpuBackendOptions): Outcome {
  const cpu = createCpuBackend(options)
  const values: Outcome['values'] = {}
  for (const [name, kernel] of Object.entries(kinds)) {
    const shape = name === 'conv' ? [3, 3, 3] : [3, 3]
    const operand = (dtype: (typeof kernel.outputs)[number], k: number) => {
      const buffer = cpu.allocate(dtype, elementCount(shape))
      const strides = contiguousStrides(shape)
      if (name === 'reduce' || (name === 'normalize' && k > 0)) strides[strides.length - 1] = 0
      return { buffer, dtype, shape, strides, offset: 0 }
    }
    const inputs = kernel.inputs.map((dtype, k) => {
      const o = { ...operand(dtype, 0), strides: contiguousStrides(shape) }
      cpu.write(
        o.buffer,
        Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i + k)),
      )
      return o
    })
    const outputs = kernel.outputs.map(operand)
    execute(cpu, kernel, inputs, outputs, [0.5])
    values[name] = outputs.flatMap((o) =>
      Array.from(cpu.readSync(o.buffer, 0, o.buffer.length), Number),
    )
  }
  return { description: cpu.info.description, values }
}

export const printed = (outcome: Outcome): string => JSON.stringify(outcome)
