import {
  type Combine,
  constant,
  contiguousStrides,
  type DType,
  type Expr,
  kernels,
  type Operand,
  type ScatterKernel,
  scalar,
} from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Build } from '../device/programs.ts'
import { cover } from '../device/region.ts'
import { texelsOf } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { application } from '../glsl/ops.ts'
import type { Source } from '../glsl/source.ts'
import { fromTexture, toTexture, vectorType } from '../glsl/types.ts'
import type { WebglBuffer } from '../storage.ts'
import { bufferOf, Writes } from './writes.ts'

/** The place in the target's buffer of each write, beyond all places for those that are dropped. */
const dropped = 2 ** 31 - 1

/** A map kernel to the places and the values of a scatter; sizes and strides of the target are scalars. */
function writesOf(kernel: ScatterKernel): ReturnType<typeof kernels.map> {
  const first = kernel.scalars
  let inside: Expr = constant(true, 'bool')
  let place: Expr = scalar(first, 'int32')
  kernel.at.forEach((c, d) => {
    const [size, stride] = [scalar(first + 1 + 2 * d, 'int32'), scalar(first + 2 + 2 * d, 'int32')]
    inside = inside.and(c.ge(0)).and(c.lt(size))
    place = place.add(c.mul(stride))
  })
  return kernels.map([inside.where(place, dropped), kernel.value], kernel.inputs)
}

const scalarsOf = (kernel: ScatterKernel, scalars: ArrayLike<number>, out: Operand): number[] => [
  ...Array.from({ length: kernel.scalars }, (_, i) => scalars[i]),
  out.offset,
  ...out.shape.flatMap((size, d) => [size, out.strides[d]]),
]

/**
 * Combines in the order of the iteration, exactly, whatever the operation: the writes are sorted by
 * their place (stably), then each element of the target finds its own and takes one after the other.
 */
export function combineSorted(
  engine: Engine,
  kernel: ScatterKernel,
  inputs: readonly Operand[],
  out: Operand,
  scalars: ArrayLike<number>,
): void {
  const { shape } = inputs[0]
  const count = shape.reduce((n, size) => n * size, 1)
  const buffers: WebglBuffer[] = []
  const line = (dtype: DType): Operand => {
    const buffer = engine.allocate(dtype, count)
    buffers.push(buffer)
    return { buffer, dtype, shape: [count], strides: [1], offset: 0 }
  }
  const spread = (o: Operand): Operand => ({ ...o, shape, strides: contiguousStrides(shape) })
  const writes = new Writes(engine, [])
  try {
    const [places, values, sorted, order] = [
      line('int32'),
      line(out.dtype),
      line('int32'),
      line('int32'),
    ]
    const extended = scalarsOf(kernel, scalars, out)
    engine.execute(writesOf(kernel), inputs, [spread(places), spread(values)], extended)
    engine.execute(kernels.sort('int32', false), [places], [sorted, order], [])
    const buffer = bufferOf(out)
    const old = engine.contents(buffer)
    const fresh = writes.renew(buffer)
    const key = `combine ${kernel.combine} ${out.dtype}`
    const program = engine.program(key, buildCombine(kernel.combine, out.dtype))
    const textures = [sorted, order, values].map((o) => engine.contents(bufferOf(o)))
    const call = { shape: [], operands: [], scalars: [], extra: [count] }
    engine.draw(program, call, [...textures, old], [fresh], cover(texelsOf(buffer.length)))
    writes.commit()
  } finally {
    writes.abandon()
    for (const buffer of buffers) engine.free(buffer)
  }
}

const ofNumbers: Readonly<Record<Combine, 'add' | 'mul' | 'min' | 'max' | undefined>> = {
  assign: undefined,
  add: 'add',
  mul: 'mul',
  min: 'min',
  max: 'max',
}
/** Truth values are added as "or" and multiplied as "and". */
const ofTruths: Readonly<Record<Combine, 'or' | 'and' | undefined>> = {
  assign: undefined,
  add: 'or',
  mul: 'and',
  min: 'and',
  max: 'or',
}

function combined(
  source: Source,
  combine: Combine,
  dtype: DType,
  old: string,
  value: string,
): string {
  const op = dtype === 'bool' ? ofTruths[combine] : ofNumbers[combine]
  return op ? application(source, op, dtype, [old, value]) : value
}

const buildCombine =
  (combine: Combine, dtype: DType): Build =>
  (source) => {
    const kind = samplerOf(dtype)
    const type = vectorType(dtype)
    source.use('constants')
    const [sorted, order] = [source.texture(0, 'int'), source.texture(1, 'int')]
    const [values, old] = [source.texture(2, kind), source.texture(3, kind)]
    const count = source.extra(0)
    const result = source.let(type, fromTexture(dtype, source.call('here', old)))
    const first = source.let('int', `4 * ${source.call('texel')}`)
    source.line('for (int lane = 0; lane < 4; lane++) {')
    source.line(`int place = ${first} + lane, low = 0, high = ${count};`)
    const at = (i: string) => `${source.call('splat', sorted, i)}.x`
    source.line('while (low < high) {')
    source.line('int middle = (low + high) >> 1;')
    source.line(`if (${at('middle')} < place) low = middle + 1; else high = middle;`)
    source.line('}')
    source.line(`while (low < ${count} && ${at('low')} == place) {`)
    const from = source.call('splat', values, `${source.call('splat', order, 'low')}.x`)
    const value = source.let(type, fromTexture(dtype, from))
    const next = source.let(type, combined(source, combine, dtype, result, value))
    const own = 'equal(LANES, ivec4(lane))'
    source.line(`${result} = ${source.call('sel', own, next, result)};`)
    source.line('low++;')
    source.line('}')
    source.line('}')
    const stored = dtype === 'bool' ? `ivec4(${result})` : result
    source.line(`${source.output(kind)} = ${toTexture(dtype, stored)};`)
  }
