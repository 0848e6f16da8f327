/** Level 5: what is enqueued happens in order, and caches forget without mistake. */
import { constant, input, kernels } from '@sconce/backend'
import { fromTypedArray } from '@sconce/core'
import type { Case, Outcome } from '../case.ts'
import { type Env, enter, fail, outcomeOf } from '../execute/context.ts'
import { blank, compareCalls, type KernelCall, samples } from '../kernels/harness.ts'

const robust = (
  name: string,
  run: (env: Env) => Outcome | Promise<Outcome>,
  timeoutMilliseconds?: number,
): Case<Env> => ({
  id: `robustness/${name}`,
  op: 'robustness',
  level: 5,
  dtypes: ['float32'],
  timeoutMilliseconds,
  run(env) {
    enter(env)
    return run(env)
  },
})

const CHAIN = 500

/** Each step needs the one before; the read comes without a pause. */
const chain = robust('a long chain of changes', async ({ device }) => {
  const x = fromTypedArray(new Float32Array(1000), [1000], { device })
  for (let i = 0; i < CHAIN; i++) x.add_(i % 2 === 0 ? 3 : -1)
  const wrong = (await x.data()).findIndex((value) => value !== CHAIN)
  return wrong < 0 ? { status: 'pass' } : fail(`element ${wrong} is not ${CHAIN}`)
})

/** Reads that are under way see what was there when they were asked for. */
const reads = robust('reads while work goes on', async ({ device }) => {
  const x = fromTypedArray(new Float32Array(64), [64], { device })
  const asked: Promise<ArrayLike<number | bigint>>[] = []
  for (let i = 0; i < 20; i++) {
    asked.push(x.data())
    x.add_(1)
  }
  for (const [i, data] of (await Promise.all(asked)).entries())
    if (data[0] !== i || data[63] !== i) return fail(`read ${i} gave ${data[0]} and ${data[63]}`)
  return { status: 'pass' }
})

/** The same kernel over many shapes, and back to the first. */
const manyShapes = robust('many shapes', async ({ backend }) => {
  const kernel = kernels.map([input(0, 'float32').add(input(1, 'float32'))])
  const call = (shape: number[], broadcast: number[]): KernelCall => {
    const count = shape.reduce((a, b) => a * b, 1)
    const few = shape.reduce((n, size, d) => (broadcast.includes(d) ? n : n * size), 1)
    return {
      kernel,
      inputs: [
        { dtype: 'float32', shape, values: samples('float32', count, 1) },
        { dtype: 'float32', shape, broadcast, values: samples('float32', few, 2) },
      ],
      outputs: [blank('float32', shape)],
    }
  }
  const calls: KernelCall[] = []
  for (let i = 0; i < 120; i++) {
    calls.push(call([1 + (i % 11), 2 + (i % 7)], i % 3 === 0 ? [0] : i % 3 === 1 ? [1] : []))
    calls.push(call([2 + (i % 3), 1 + (i % 5), 3], [i % 3]))
    if (i % 10 === 0) calls.push(call([3, 4], [0]))
  }
  return outcomeOf(await compareCalls(backend, calls))
})

/** More kernels than any cache has room for, and back to the first. */
const manyKernels = robust(
  'many kernels',
  async ({ backend }) => {
    const call = (i: number): KernelCall => {
      const x = input(0, 'float32')
      const value =
        i % 2 === 0 ? x.mul(constant(i + 0.5, 'float32')) : x.sub(constant(i, 'float32'))
      return {
        kernel: kernels.map([value]),
        inputs: [{ dtype: 'float32', shape: [5], values: samples('float32', 5, 1) }],
        outputs: [blank('float32', [5])],
      }
    }
    const numbers = Array.from({ length: 1200 }, (_, i) => i)
    return outcomeOf(await compareCalls(backend, [...numbers, 0, 1, 2].map(call)))
  },
  // A driver may take a tenth of a second to compile one.
  180_000,
)

export const orderCases = (): Case<Env>[] => [chain, reads, manyShapes, manyKernels]
