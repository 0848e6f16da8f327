/** Level 1: map kernels beyond one op: casts, positions, loads, several outputs, in place, scalars. */
import {
  constant,
  type DType,
  dtypes,
  type Expr,
  elementCount,
  index,
  input,
  kernels,
  load,
  scalar,
} from '@sconce/backend'
import type { Value } from '@sconce/backend/reference'
import type { Case } from '../case.ts'
import { type Env, outcomeOf } from '../execute/context.ts'
import { exprPart } from '../execute/kernel-parts.ts'
import { blank, compareCalls, type KernelCall, layouts, samples } from './harness.ts'
import { extremes, ordinary } from './values.ts'

const allDTypes = Object.keys(dtypes) as DType[]

/** What a cast is defined on: a float that is no number, or beyond an integer, becomes just anything. */
function castable(value: Value, to: DType): boolean {
  if (typeof value !== 'number' || dtypes[to].kind !== 'int') return true
  return Math.abs(value) < 2 ** 31
}

function castCall(from: DType, to: DType, env: Env): KernelCall {
  const all = [...extremes(from, env.backend.info.numerics), ...ordinary(from, 100)]
  const values = all.filter((value) => castable(value, to))
  const shape = [values.length]
  return {
    kernel: kernels.map([input(0, from).cast(to)]),
    inputs: [{ dtype: from, shape, values }],
    outputs: [blank(to, shape)],
  }
}

const castCase = (from: DType, to: DType): Case<Env> => ({
  id: `expr/cast/${from}-${to}`,
  op: 'expr',
  level: 1,
  dtypes: [from, to],
  dtype: from,
  needs: [`storage/${from}`, `storage/${to}`],
  proves: [exprPart('cast', `${from}-${to}`)],
  run: async (env) => outcomeOf(await compareCalls(env.backend, [castCall(from, to, env)])),
})

/** Sizes on both sides of every width that a backend may work in. */
const lengths = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 255, 257, 1023,
]

const sum = (dtype: DType): Expr =>
  dtypes[dtype].kind === 'bool'
    ? input(0, dtype).xor(input(1, dtype))
    : compute(input(0, dtype))
        .add(compute(input(1, dtype)))
        .cast(dtype)

/** An operand in the dtype that arithmetic is done in. */
const compute = (x: Expr): Expr => x.cast(dtypes[x.dtype].compute)

function sumCalls(dtype: DType): KernelCall[] {
  const kernel = kernels.map([sum(dtype)])
  const spec = (shape: readonly number[], seed: number, more = {}) => ({
    dtype,
    shape,
    values: samples(dtype, elementCount(shape), seed),
    ...more,
  })
  const sized = lengths.map((length) => ({
    kernel,
    inputs: [spec([length], 1), spec([length], 2)],
    outputs: [blank(dtype, [length])],
  }))
  const shapes = [[5, 7], [3, 4, 6], [2, 3, 2, 5], [2, 1, 3, 1, 4], [2, 2, 2, 2, 3], []]
  const strided = shapes.flatMap((shape) =>
    layouts.flatMap((a) =>
      layouts.map((b) => ({
        kernel,
        inputs: [spec(shape, 1, { layout: a }), spec(shape, 2, { layout: b })],
        outputs: [blank(dtype, shape, { layout: a })],
      })),
    ),
  )
  const shape = [3, 4, 5]
  const dims = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]]
  const broadcast = dims.map((reduced) => ({
    kernel,
    inputs: [spec(shape, 1), { dtype, shape, broadcast: reduced, values: samples(dtype, 60, 3) }],
    outputs: [blank(dtype, shape)],
  }))
  return [...sized, ...strided, ...broadcast]
}

function inPlaceCalls(dtype: DType): KernelCall[] {
  const kernel = kernels.map([sum(dtype)])
  const shape = [4, 9]
  return layouts.map((layout) => ({
    kernel,
    inputs: [
      { dtype, shape, layout, values: samples(dtype, 36, 1) },
      { dtype, shape, values: samples(dtype, 36, 2) },
    ],
    outputs: [blank(dtype, shape)],
    inPlace: [0],
  }))
}

function severalCalls(dtype: DType): KernelCall[] {
  const x = compute(input(0, dtype))
  const shape = [3, 11]
  const values = [x.add(x).cast(dtype), input(0, dtype), x.mul(3).add(x).cast(dtype)]
  return [
    {
      kernel: kernels.map(values),
      inputs: [{ dtype, shape, layout: 'transposed', values: samples(dtype, 33) }],
      outputs: [
        blank(dtype, shape),
        blank(dtype, shape, { layout: 'offset' }),
        blank(dtype, shape, { layout: 'strided' }),
      ],
    },
  ]
}

/** Several calls of one kernel with other scalars: a value must not be compiled in. */
function scalarCalls(dtype: DType): KernelCall[] {
  const kind = dtypes[dtype].compute
  const x = compute(input(0, dtype))
  const kernel = kernels.map([x.mul(scalar(0, kind)).add(scalar(1, kind)).cast(dtype)])
  const shape = [13]
  return [
    [2, 1],
    [3, 0],
    [0, 5],
  ].map((scalars) => ({
    kernel,
    inputs: [{ dtype, shape, values: samples(dtype, 13) }],
    outputs: [blank(dtype, shape)],
    scalars,
  }))
}

/** The elements backwards, beyond both ends (which is zero), and the positions themselves. */
function loadCalls(dtype: DType): KernelCall[] {
  const shape = [4, 6]
  const at = [constant(3, 'int32').sub(index(0)), index(1).mul(2).sub(3)]
  const gather = kernels.map([load(0, dtype, at)])
  const positions = kernels.map([index(0).mul(100).add(index(1))], [])
  return [
    ...layouts.map(
      (layout): KernelCall => ({
        kernel: gather,
        inputs: [{ dtype, shape, layout, values: samples(dtype, 24) }],
        outputs: [blank(dtype, shape)],
      }),
    ),
    { kernel: positions, inputs: [], outputs: [blank('int32', [5, 7], { layout: 'transposed' })] },
  ]
}

function whereCalls(dtype: DType): KernelCall[] {
  const shape = [29]
  const chosen = input(0, 'bool').where(input(1, dtype), input(2, dtype))
  return [
    {
      kernel: kernels.map([chosen]),
      inputs: [
        { dtype: 'bool', shape, values: samples('bool', 29) },
        { dtype, shape, values: samples(dtype, 29, 2) },
        { dtype, shape, values: samples(dtype, 29, 3) },
      ],
      outputs: [blank(dtype, shape)],
    },
  ]
}

const part = (
  name: string,
  dtype: DType,
  calls: (dtype: DType) => KernelCall[],
  proves: readonly string[],
): Case<Env> => ({
  id: `map/${dtype}/${name}`,
  op: 'map',
  level: 1,
  dtypes: [dtype],
  needs: [`storage/${dtype}`, `layout/${dtype}`],
  proves,
  run: async (env) => outcomeOf(await compareCalls(env.backend, calls(dtype))),
})

/** Level 1: what map kernels do besides single ops. */
export function mapCases(): Case<Env>[] {
  const casts = allDTypes.flatMap((from) =>
    allDTypes.filter((to) => to !== from).map((to) => castCase(from, to)),
  )
  const bitcasts = (['float32', 'float64'] as const).map((dtype) => bitcastCase(dtype))
  const parts = allDTypes.flatMap((dtype) => [
    part('layouts', dtype, sumCalls, ['kernel/map']),
    part('in place', dtype, inPlaceCalls, ['kernel/map']),
    ...(dtypes[dtype].kind === 'bool'
      ? []
      : [
          part('several outputs', dtype, severalCalls, ['kernel/map']),
          part('scalars', dtype, scalarCalls, ['kernel/map']),
        ]),
    part('load', dtype, loadCalls, ['expr/load', 'expr/index']),
    part('where', dtype, whereCalls, ['expr/where']),
  ])
  return [...casts, ...bitcasts, ...parts]
}

function bitcastCase(dtype: 'float32' | 'float64'): Case<Env> {
  const there = input(0, dtype).bitcast()
  const and = there.xor(constant(0, there.dtype))
  return {
    id: `expr/bitcast/${dtype}`,
    op: 'expr',
    level: 1,
    dtypes: [dtype, there.dtype],
    dtype,
    needs: [`storage/${dtype}`, `storage/${there.dtype}`],
    proves: [
      exprPart('bitcast', `${dtype}-${there.dtype}`),
      exprPart('bitcast', `${there.dtype}-${dtype}`),
    ],
    async run(env) {
      // NaN has many representations; which one comes back is nobody's promise.
      const values = [...extremes(dtype, env.backend.info.numerics), ...ordinary(dtype, 50)].filter(
        (value) => !Number.isNaN(Number(value)),
      )
      const shape = [values.length]
      const kernel = kernels.map([there, and.bitcast()])
      const inputs = [{ dtype, shape, values }]
      const outputs = [blank(there.dtype, shape), blank(dtype, shape)]
      return outcomeOf(await compareCalls(env.backend, [{ kernel, inputs, outputs }]))
    },
  }
}
