import { type Expr, elementCount, type Operand } from '@sconce/backend'
import type { Build } from '../device/programs.ts'
import type { Engine } from '../engine.ts'
import { Emitter } from '../glsl/emit.ts'
import { classesOf, leavesIn } from '../glsl/leaves.ts'
import type { Source } from '../glsl/source.ts'
import { indexOf, OutputSpace } from '../glsl/space.ts'
import { storeOutputs } from './outputs.ts'
import { accessFor, accessKey, type OutputPlan, planOutput } from './plan.ts'
import type { Product } from './tiles.ts'
import { bufferOf, type WriteMode, Writes } from './writes.ts'

/** Where a product's element for each element of the output is. */
export interface Places {
  /** Dims of the output that are batches of the product, in order. */
  readonly batchDims: readonly number[]
  /** The dim that is the product's row; with `groups`, batch and row together. */
  readonly rowDim: number
  /** Rows of a batch, where batch and row are one dim. */
  readonly groupRows: number | undefined
  readonly columnDims: readonly number[]
  /** Whether the columns lie without gaps; else each line of the last of their dims begins a texel. */
  readonly dense: boolean
}

/** What finishes a product: the epilogue, with `acc(0)` for the product. */
export interface Finish {
  readonly epilogue: Expr
  /** A number that no other epilogue has. */
  readonly id: string
  readonly inputs: readonly Operand[]
  readonly out: Operand
  readonly scalars: ArrayLike<number>
  readonly places: Places
}

const words = { rows: 0, groupRows: 1, lastTexels: 2, parts: 3 } as const

/** Row-major position of the lanes among some dims. */
function linear(source: Source, dims: readonly number[], index: (d: number) => string): string {
  let position = 'ivec4(0)'
  dims.forEach((d, i) => {
    const code = i === 0 ? index(d) : `${position} * ${source.size(d)} + ${index(d)}`
    position = source.let('ivec4', code)
  })
  return position
}

/** Reading one texel of the product, from the layer that has the row. */
function defineFetch(source: Source, tile: number, whole: boolean, slot: number): void {
  const { name, scale } = source.sampler(slot, 'layers')
  const parts = `vec4 sum = vec4(0.0);
  for (int part = 0; part < ${source.extra(words.parts)}; part++) {
    sum += texture(${name}, p);
    p.y += float(${source.extra(words.rows)}) * scale.y;
  }
  return sum;`
  source.define(`
vec4 product(int row, int x, int y) {
  vec2 scale = ${scale};
  vec3 p = vec3(
    (float(x) + 0.5) * scale.x, (float(y) + 0.5) * scale.y, float(row & ${tile - 1}));
  ${whole ? `return texture(${name}, p);` : parts}
}`)
}

function productAt(
  source: Source,
  space: OutputSpace,
  plan: OutputPlan,
  { batchDims, rowDim, groupRows, columnDims, dense }: Places,
  tile: number,
): string {
  source.use('pick')
  const index = (d: number) => indexOf(source, space, d)
  let batch = linear(source, batchDims, index)
  let row = source.let('ivec4', index(rowDim))
  if (groupRows !== undefined) {
    const size = source.extra(words.groupRows)
    batch = source.let(
      'ivec4',
      source.call('quotient', row, size, source.inverseExtra(words.groupRows)),
    )
    row = source.let('ivec4', `${row} - ${batch} * ${size}`)
  }
  const shift = Math.log2(tile)
  const perBatch = `(${source.extra(words.parts)} * ${source.extra(words.rows)})`
  const y = source.let('ivec4', `${batch} * ${perBatch} + (${row} >> ${shift})`)
  const last = columnDims[columnDims.length - 1] ?? -1
  let x: string
  let lane: string
  if (dense) {
    const column = linear(source, columnDims, index)
    x = source.let('ivec4', `${column} >> 2`)
    lane = source.let('ivec4', `${column} & 3`)
  } else {
    const within = source.let('ivec4', index(last))
    const line = linear(source, columnDims.slice(0, -1), index)
    x = source.let('ivec4', `${line} * ${source.extra(words.lastTexels)} + (${within} >> 2)`)
    lane = source.let('ivec4', `${within} & 3`)
  }
  // A run along whole texels of the product is one of them.
  const whole = plan.run && plan.lane === last && plan.phase === 0
  if (whole && (!dense || columnDims.length === 1)) return `product(${row}.x, ${x}.x, ${y}.x)`
  const lanes = Array.from(
    'xyzw',
    (c) => `pick(product(${row}.${c}, ${x}.${c}, ${y}.${c}), ${lane}.${c})`,
  )
  return `vec4(${lanes.join(', ')})`
}

const buildFinish =
  (
    finish: Finish,
    { tile, parts }: Product,
    plan: OutputPlan,
    mode: WriteMode,
    classes: string,
  ): Build =>
  (source) => {
    const { inputs, epilogue, places } = finish
    const outNumber = inputs.length
    const space = new OutputSpace(source, plan, outNumber)
    defineFetch(source, tile, parts === 1, outNumber)
    const leaves = leavesIn(source, space, plan.dims, classesOf(classes))
    const acc = () => productAt(source, space, plan, places, tile)
    const value = new Emitter(source, { ...leaves, acc }).emit(epilogue)
    storeOutputs(source, space, mode, [epilogue.dtype], [value], outNumber + 1)
  }

/** Writes a product through its epilogue to the output. */
export function finishProduct(engine: Engine, product: Product, finish: Finish): void {
  const { inputs, out, scalars, places, id } = finish
  const { shape } = out
  if (elementCount(shape) === 0) return
  const used = inputs.filter((_, i) => i > 1)
  const writes = new Writes(engine, used)
  const plan = planOutput(shape, out)
  const mode = writes.mode(plan, [out])
  // The factors are not read any more: their layouts are of no account.
  const rest = accessKey(
    used,
    used.map(() => false),
    (o) => accessFor(plan, shape, o, out),
  )
  const classes = `ss${rest}`
  const roles = `${places.batchDims}|${places.rowDim}${places.groupRows === undefined ? '' : 'g'}|${places.columnDims}${places.dense ? 'd' : ''}`
  const key = `finish ${id} ${shape.length} ${plan.key} ${mode} ${classes} ${roles} ${product.tile}${product.parts === 1 ? '' : 'p'}`
  const program = engine.program(key, buildFinish(finish, product, plan, mode, classes))
  const textures = inputs.map((o, i) => (i > 1 ? engine.contents(bufferOf(o)) : undefined))
  const last = shape[places.columnDims[places.columnDims.length - 1]] ?? 1
  const extra = [product.rows, places.groupRows ?? 1, Math.ceil(last / 4), product.parts]
  const call = { shape, operands: [...inputs, out], scalars, extra }
  try {
    const target = writes.begin(plan, [out], mode)
    const read = [...textures, product.texture, ...target.old]
    engine.draw(program, call, read, target.textures, target.rects)
    writes.commit()
  } finally {
    writes.abandon()
  }
}
