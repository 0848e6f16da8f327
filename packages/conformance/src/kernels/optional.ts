/** Level 1: the optional kinds, native or lowered, against their lowering on the reference. */
import {
  acc,
  type DType,
  dtypes,
  elementCount,
  input,
  isFloat,
  type Kernel,
  type KernelKind,
  kernels,
  optionalKinds,
} from '@sconce/backend'
import { convert } from '@sconce/backend/reference'
import type { Case, Outcome } from '../case.ts'
import { exact, type Tolerance } from '../compare/tolerances.ts'
import { type Env, fail, outcomeOf } from '../execute/context.ts'
import {
  byRow,
  convOf,
  convOutput,
  matmulOf,
  runningPositions,
  sortedPositions,
  sumsOf,
} from './closed-forms.ts'
import { blank, compareCalls, type KernelCall, layouts, type Spec, samples } from './harness.ts'

/** Products of sixteenths between -4 and 4 are exact in float32, and so are sums of some hundreds. */
const spec = (dtype: DType, shape: readonly number[], seed: number, more = {}): Spec => ({
  dtype,
  shape,
  values: samples(dtype, elementCount(shape), seed),
  ...more,
})

/** Exponentials, logarithms and quotients, each some ULP off, of numbers up to about 1. */
const rounded: Tolerance = { rtol: 2e-5, atol: 2e-6 }
const roundedHalf: Tolerance = { rtol: 4e-3, atol: 6e-3 }
const roundedBrain: Tolerance = { rtol: 3e-2, atol: 5e-2 }

const roundedFor = (dtype: DType): Tolerance =>
  dtype === 'float16' ? roundedHalf : dtype === 'bfloat16' ? roundedBrain : rounded

const computeOf = (dtype: DType): DType => dtypes[dtype].compute

/** A product with its expected elements; a broadcast batch of the right operand is repeated. */
function product(
  kernel: Kernel,
  inputs: readonly Spec[],
  output: Spec,
  finish: (value: number, position: number) => number = (value) => value,
): KernelCall {
  const [a, b] = inputs
  const [m, k] = a.shape.slice(-2)
  const n = b.shape[b.shape.length - 1]
  const batch = elementCount(a.shape.slice(0, -2))
  const right = b.values.map(Number)
  const repeated = Array<number[]>(batch * k * n === 0 ? 0 : (batch * k * n) / right.length)
    .fill(right)
    .flat()
  const expected = matmulOf(a.values.map(Number), repeated, [batch, m, k, n]).map(finish)
  return { kernel, inputs, outputs: [output], expected: [expected] }
}

function matmulCalls(dtype: DType): KernelCall[] {
  const sum = acc(0, computeOf(dtype))
  const plain = kernels.matmul(dtype, sum.cast(dtype))
  const fused = kernels.matmul(
    dtype,
    sum
      .add(input(2, dtype).cast(computeOf(dtype)))
      .max(0)
      .cast(dtype),
  )
  const sizes = [
    [1, 1, 1],
    [3, 4, 5],
    [1, 17, 9],
    [8, 1, 8],
    [5, 0, 3],
    [16, 16, 16],
    [33, 19, 18],
    [7, 65, 31],
  ]
  const bias = samples(dtype, 8, 3)
  return [
    ...sizes.map(([m, k, n]) =>
      product(plain, [spec(dtype, [m, k], 1), spec(dtype, [k, n], 2)], blank(dtype, [m, n])),
    ),
    ...layouts.flatMap((left) =>
      layouts.map((right) =>
        product(
          plain,
          [spec(dtype, [9, 13], 1, { layout: left }), spec(dtype, [13, 10], 2, { layout: right })],
          blank(dtype, [9, 10], { layout: right }),
        ),
      ),
    ),
    product(
      plain,
      [
        spec(dtype, [2, 3, 4, 5], 1),
        { dtype, shape: [2, 3, 5, 6], broadcast: [0], values: samples(dtype, 90, 2) },
      ],
      blank(dtype, [2, 3, 4, 6]),
    ),
    product(
      fused,
      [
        spec(dtype, [6, 7], 1),
        spec(dtype, [7, 8], 2),
        { dtype, shape: [6, 8], broadcast: [0], values: bias },
      ],
      blank(dtype, [6, 8]),
      (value, i) => Math.max(wrapped(value + bias[i % 8], dtype), 0),
    ),
  ]
}

/** A sum as the dtype holds it before the epilogue's comparison: integers have wrapped around. */
const wrapped = (value: number, dtype: DType): number => Number(convert(value, computeOf(dtype)))

interface Convolution {
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
}

const convolutions: readonly Convolution[] = [
  { x: [2, 3, 10], w: [4, 3, 3], stride: [1], padding: [0], dilation: [1], groups: 1 },
  { x: [1, 4, 11], w: [6, 2, 3], stride: [2], padding: [2], dilation: [2], groups: 2 },
  {
    x: [2, 3, 6, 7],
    w: [4, 3, 3, 3],
    stride: [1, 1],
    padding: [1, 1],
    dilation: [1, 1],
    groups: 1,
  },
  {
    x: [1, 4, 8, 9],
    w: [4, 1, 3, 2],
    stride: [2, 1],
    padding: [0, 1],
    dilation: [1, 2],
    groups: 4,
  },
  {
    x: [1, 2, 5, 5],
    w: [3, 2, 1, 1],
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    groups: 1,
  },
  {
    x: [1, 2, 4, 5, 4],
    w: [2, 2, 2, 3, 2],
    stride: [1, 2, 1],
    padding: [0, 1, 0],
    dilation: [1, 1, 1],
    groups: 1,
  },
]

function convCalls(dtype: DType): KernelCall[] {
  const value = acc(0, computeOf(dtype)).cast(dtype)
  return convolutions.flatMap(({ x, w, ...geometry }) => {
    const shapes = { x, w, y: convOutput(x, w, geometry) }
    const call = (
      mode: Parameters<typeof kernels.conv>[0],
      from: readonly (readonly number[])[],
      to: readonly number[],
    ): KernelCall => {
      const inputs = from.map((shape, i) => spec(dtype, shape, i + 1))
      const [first, second] = inputs.map(({ values }) => values.map(Number))
      return {
        kernel: kernels.conv(mode, dtype, geometry, value),
        inputs,
        outputs: [blank(dtype, to)],
        expected: [convOf(mode, first, second, shapes, geometry)],
      }
    }
    return [
      call('forward', [x, w], shapes.y),
      call('inputGradient', [shapes.y, w], x),
      call('weightGradient', [x, shapes.y], w),
    ]
  })
}

const rowShapes = [[1], [7], [3, 5], [2, 3, 17], [2, 67]]

function scanCalls(dtype: DType): KernelCall[] {
  const value = input(0, dtype)
  const sum = kernels.scan('sum', value, [acc(0, dtype)])
  return rowShapes.flatMap((shape) => {
    const length = shape[shape.length - 1]
    const source = spec(dtype, shape, 1)
    const numbers = source.values.map(Number)
    const sums = byRow(numbers, length, sumsOf)
    return [
      ...layouts.map((layout) => ({
        kernel: sum,
        inputs: [{ ...source, layout }],
        outputs: [blank(dtype, shape)],
        expected: [sums],
      })),
      ...(['min', 'max'] as const).map((op) => ({
        kernel: kernels.scan(op, value, [acc(0, dtype), acc(1, 'int32')]),
        inputs: [source],
        outputs: [blank(dtype, shape), blank('int32', shape)],
        expected: [
          byRow(numbers, length, (row) => runningPositions(row, op).map((i) => row[i])),
          byRow(numbers, length, (row) => runningPositions(row, op)),
        ],
      })),
    ]
  })
}

function sortCalls(dtype: DType): KernelCall[] {
  return [false, true].flatMap((descending) =>
    rowShapes.flatMap((shape) => {
      const length = shape[shape.length - 1]
      const source = spec(dtype, shape, 1)
      const numbers = source.values.map(Number)
      const call = (count: number, layout?: Spec['layout']): KernelCall => {
        const order = (row: readonly number[]) => sortedPositions(row, descending).slice(0, count)
        const to = [...shape.slice(0, -1), count]
        return {
          kernel: kernels.sort(dtype, descending),
          inputs: [{ ...source, layout }],
          outputs: [blank(dtype, to), blank('int32', to)],
          expected: [
            byRow(numbers, length, (row) => order(row).map((i) => row[i])),
            byRow(numbers, length, order),
          ],
        }
      }
      return [...layouts.map((layout) => call(length, layout)), call(Math.ceil(length / 2))]
    }),
  )
}

function softmaxCalls(dtype: DType): KernelCall[] {
  return [false, true].flatMap((log) =>
    rowShapes.flatMap((shape) => [
      ...layouts.map((layout) => ({
        kernel: kernels.softmax(dtype, log, false),
        inputs: [spec(dtype, shape, 1, { layout })],
        outputs: [blank(dtype, shape)],
      })),
      {
        kernel: kernels.softmax(dtype, log, true),
        inputs: [spec(dtype, shape, 1), fractions(dtype, shape)],
        outputs: [blank(dtype, shape)],
      },
    ]),
  )
}

/** Numbers as a softmax gives them, or their logarithms: between -1 and 0, which serves for both. */
const fractions = (dtype: DType, shape: readonly number[]): Spec => ({
  dtype,
  shape,
  values: samples(dtype, elementCount(shape), 7).map((value) => -Math.abs(value) / 8),
})

function normalizeCalls(dtype: DType): KernelCall[] {
  const shape = [5, 24]
  const per = (seed: number): Spec => ({
    dtype,
    shape,
    broadcast: [0],
    values: samples(dtype, 24, seed),
  })
  const stat = (value?: number): Spec => ({
    dtype,
    shape,
    broadcast: [1],
    values: value === undefined ? samples(dtype, 5, 4) : Array<number>(5).fill(value),
  })
  const forward = kernels.normalize(dtype, { backward: false, weight: true, bias: true })
  const plain = kernels.normalize(dtype, { backward: false, weight: false, bias: false })
  const backward = kernels.normalize(dtype, { backward: true, weight: true, bias: false })
  const outputs = [
    blank(dtype, shape),
    blank(dtype, shape, { broadcast: [1] }),
    blank(dtype, shape, { broadcast: [1] }),
  ]
  return [
    { kernel: forward, inputs: [spec(dtype, shape, 1), per(2), per(3)], outputs, scalars: [1e-5] },
    {
      kernel: plain,
      inputs: [spec(dtype, shape, 1, { layout: 'transposed' })],
      outputs,
      scalars: [1e-5],
    },
    {
      kernel: backward,
      inputs: [spec(dtype, shape, 1), spec(dtype, shape, 2), stat(), stat(0.5), per(3)],
      outputs: [blank(dtype, shape)],
      scalars: [1e-5],
    },
  ]
}

function attentionCalls(dtype: DType): KernelCall[] {
  return [
    [false, false],
    [true, false],
    [false, true],
  ].map(([causal, mask]) => ({
    kernel: kernels.attention(dtype, causal, mask),
    inputs: [
      spec(dtype, [2, 3, 4], 1),
      spec(dtype, [2, 5, 4], 2),
      spec(dtype, [2, 5, 3], 3),
      ...(mask ? [spec(dtype, [2, 3, 5], 4)] : []),
    ],
    outputs: [blank(dtype, [2, 3, 3])],
    scalars: [0.35],
  }))
}

interface Kind {
  readonly calls: (dtype: DType) => KernelCall[]
  readonly dtypes: readonly DType[]
  readonly tolerance: (dtype: DType) => Tolerance
}

const all = (Object.keys(dtypes) as DType[]).filter((dtype) => dtype !== 'bool')
const floats = all.filter(isFloat)
const arithmetic = all.filter((dtype) => computeOf(dtype) === dtype)

const kinds: Readonly<Record<Exclude<KernelKind, 'map' | 'reduce' | 'scatter'>, Kind>> = {
  matmul: { calls: matmulCalls, dtypes: all, tolerance: () => exact },
  conv: { calls: convCalls, dtypes: floats, tolerance: () => exact },
  scan: { calls: scanCalls, dtypes: arithmetic, tolerance: () => exact },
  sort: { calls: sortCalls, dtypes: all, tolerance: () => exact },
  softmax: { calls: softmaxCalls, dtypes: floats, tolerance: roundedFor },
  normalize: { calls: normalizeCalls, dtypes: floats, tolerance: roundedFor },
  attention: { calls: attentionCalls, dtypes: floats, tolerance: roundedFor },
}

const compareKind = async (env: Env, kind: Kind, dtype: DType): Promise<Outcome> =>
  outcomeOf(
    await compareCalls(
      env.backend,
      kind.calls(dtype).map((call) => ({ ...call, tolerance: kind.tolerance(dtype) })),
    ),
  )

/** Calls of every optional kind on a dtype. */
export const optionalCalls = (dtype: DType): KernelCall[] =>
  Object.values(kinds).flatMap((kind) => (kind.dtypes.includes(dtype) ? kind.calls(dtype) : []))

/** What `info.native` says of the optional kinds is what `supports` says of at least one kernel. */
const claimCase: Case<Env> = {
  id: 'kernel/claims',
  op: 'kernel',
  level: 1,
  dtypes: [],
  run({ backend }) {
    for (const name of optionalKinds) {
      const kind = kinds[name as keyof typeof kinds]
      const supported = kind.dtypes.some(
        (dtype) =>
          backend.info.dtypes[dtype]?.storage &&
          kind.calls(dtype).some(({ kernel }) => backend.supports(kernel)),
      )
      if (supported !== backend.info.native.includes(name))
        return fail(
          supported
            ? `${name} kernels are supported, but info.native does not name them`
            : `info.native names ${name}, but no ${name} kernel is supported`,
        )
    }
    return { status: 'pass' }
  },
}

/** Level 1: what may be lowered. */
export const optionalCases = (): Case<Env>[] => [
  claimCase,
  ...Object.entries(kinds).flatMap(([name, kind]) =>
    kind.dtypes.map(
      (dtype): Case<Env> => ({
        id: `kernel/${name}/${dtype}`,
        op: name,
        level: 1,
        dtypes: [dtype],
        needs: [`storage/${dtype}`, `layout/${dtype}`],
        proves:
          name === 'scan'
            ? ['sum', 'min', 'max'].map((op) => `kernel/scan/${op}/${dtype}`)
            : [`kernel/${name}/${dtype}`],
        run: (env) => compareKind(env, kind, dtype),
      }),
    ),
  ),
]
