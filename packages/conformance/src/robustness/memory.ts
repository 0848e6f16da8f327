/** Level 5: nothing leaks, and a loop of any length runs in flat memory. */
import { backward, noGrad } from '@sconce/autograd'
import { type Buffer, OutOfMemory } from '@sconce/backend'
import { fromTypedArray, release, scope, type Tensor } from '@sconce/core'
import type { Case, Outcome } from '../case.ts'
import { type Env, enter, fail } from '../execute/context.ts'
import { compareCalls } from '../kernels/harness.ts'
import { optionalCalls } from '../kernels/optional.ts'

const counted = ({ backend }: Env): Outcome | undefined =>
  backend.info.collected
    ? { status: 'unclaimed', message: 'buffers are collected by the JS engine: nothing is counted' }
    : undefined

/** The buffers that are there when a case begins; what was collected of them meanwhile is no concern of it. */
const buffersOf = ({ backend }: Env): ReadonlySet<Buffer> => new Set(backend.live)

/** What happened to the buffers since the case began. */
function balance({ backend }: Env, before: ReadonlySet<Buffer>): Outcome {
  if (backend.strayFrees > 0) return fail(`${backend.strayFrees} buffers were freed twice`)
  const left = [...backend.live].filter((buffer) => !before.has(buffer)).length
  return left === 0 ? { status: 'pass' } : fail(`${left} buffers were not freed`)
}

const numbers = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 37) % 17) / 16 - 0.5)

const matrix = (rows: number, columns: number, device: string): Tensor =>
  fromTypedArray(numbers(rows * columns), [rows, columns], { device })

/** Ops of several kinds, with temporaries and views among them. */
function work(device: string): void {
  const x = matrix(7, 9, device)
  const y = x.t().matmul(x).softmax(1).cumsum(0)
  y.add(y.sum(0)).sort(0)
  x.slice(0, 1, 5, 2).add_(1)
  x.var(0)
}

const leaks: Case<Env> = {
  id: 'robustness/leaks',
  op: 'robustness',
  level: 5,
  dtypes: ['float32'],
  run(env) {
    enter(env)
    const uncounted = counted(env)
    if (uncounted) return uncounted
    const before = buffersOf(env)
    for (let i = 0; i < 20; i++) scope(() => work(env.device))
    return balance(env, before)
  },
}

/** What a backward pass makes is freed with it, but for the gradients. */
const backwardLeaks: Case<Env> = {
  id: 'robustness/leaks of backward',
  op: 'robustness',
  level: 5,
  dtypes: ['float32'],
  run(env) {
    enter(env)
    const uncounted = counted(env)
    if (uncounted) return uncounted
    const before = buffersOf(env)
    for (let i = 0; i < 20; i++)
      scope(() => {
        const w = matrix(5, 5, env.device)
        w.requiresGrad = true
        backward([matrix(4, 5, env.device).mm(w).tanh().sum()])
        // The gradient is the user's, who gives it back here.
        if (w.grad) release(w.grad)
      })
    return balance(env, before)
  },
}

/** Lowering makes temporaries: they go when the kernel is done. */
const loweringLeaks: Case<Env> = {
  id: 'robustness/leaks of kernels',
  op: 'robustness',
  level: 5,
  dtypes: ['float32'],
  // A driver may take a tenth of a second to compile one.
  timeoutMilliseconds: 180_000,
  async run(env) {
    const uncounted = counted(env)
    if (uncounted) return uncounted
    const before = buffersOf(env)
    await compareCalls(env.backend, optionalCalls('float32'))
    return balance(env, before)
  },
}

/** Elements that no machine holds. */
const HUGE = 2 ** 46

const outOfMemory: Case<Env> = {
  id: 'robustness/out of memory',
  op: 'robustness',
  level: 5,
  dtypes: ['float32'],
  async run({ backend }) {
    let thrown: unknown
    try {
      backend.allocate('float32', HUGE)
    } catch (error) {
      thrown = error
    }
    if (!(thrown instanceof OutOfMemory))
      return fail(`allocating ${HUGE} elements threw ${thrown ?? 'nothing'}, not OutOfMemory`)
    const data = numbers(9)
    const buffer = backend.allocate('float32', 9)
    backend.write(buffer, data)
    const read = await backend.read(buffer, 0, 9)
    backend.free(buffer)
    return `${read}` === `${data}`
      ? { status: 'pass' }
      : fail('the device does not work afterwards')
  },
}

const STEPS = 10_000
/** From here on memory must not grow: caches are warm. */
const WARM = 2000
/** Bytes by which the heap may still grow: what is garbage at the moment. */
const SLACK = 96 << 20

/** Bytes that the process holds, where it can be asked. */
const heapBytes = (): number | undefined => {
  if (typeof process === 'undefined' || !process.memoryUsage) return undefined
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** A training loop in one piece: no turn of the event loop, no scope, nothing freed by hand. */
const flatMemory: Case<Env> = {
  id: `robustness/${STEPS} steps in flat memory`,
  op: 'robustness',
  level: 5,
  dtypes: ['float32'],
  timeoutMilliseconds: 600_000,
  run(env) {
    enter(env)
    const { backend, device } = env
    const x = matrix(32, 64, device)
    const w = matrix(64, 16, device)
    w.requiresGrad = true
    let warm: number | undefined
    let warmPeak = 0
    for (let step = 0; step < STEPS; step++) {
      const loss = x.mm(w).relu().square().mean()
      backward([loss])
      const { grad } = w
      if (!grad) return fail('there is no gradient')
      noGrad(() => w.sub_(grad.mul(1e-3)))
      w.grad = null
      if (step === WARM) {
        warm = heapBytes()
        warmPeak = backend.peak
      }
    }
    const now = heapBytes()
    if (warm !== undefined && now !== undefined && now - warm > SLACK)
      return fail(`memory grew by ${Math.round((now - warm) / 2 ** 20)} MiB after step ${WARM}`)
    const limit = Math.max(warmPeak, backend.info.budget ?? 0)
    if (backend.peak > limit)
      return fail(`${backend.peak} bytes were live on the device, after ${limit} at step ${WARM}`)
    return { status: 'pass' }
  },
}

export const memoryCases = (): Case<Env>[] => [
  outOfMemory,
  leaks,
  backwardLeaks,
  loweringLeaks,
  flatMemory,
]
