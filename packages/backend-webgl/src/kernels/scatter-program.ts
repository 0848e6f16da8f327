import { type Expr, type Operand, type ScatterKernel, visit } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Build } from '../device/programs.ts'
import { rowBits, rowTexels } from '../device/textures.ts'
import { Emitter } from '../glsl/emit.ts'
import { classesOf, leavesIn } from '../glsl/leaves.ts'
import type { Source } from '../glsl/source.ts'
import { decompose, type Place, spaceOf } from '../glsl/space.ts'
import { toTexture, vectorLiteral } from '../glsl/types.ts'
import { accessKey, runAccess, wideDims } from './plan.ts'

/** How a scatter is drawn. */
export interface ScatterPlan {
  /** Whole rows of texels at a time; else single elements. */
  readonly rows: boolean
  readonly dims: readonly number[]
  /** The dim along which a row lies. */
  readonly lane: number
  readonly classes: string
  readonly key: string
}

/** Whether no coordinate but the last depends on the position along `lane`, and that one is the position. */
function alongRow(kernel: ScatterKernel, inputs: readonly Operand[], lane: number): boolean {
  const last = kernel.at.length - 1
  if (last < 0 || kernel.at[last].op !== 'index' || kernel.at[last].value !== lane) return false
  let varies = false
  visit(kernel.at.slice(0, last), (node: Expr) => {
    if (node.op === 'index' && node.value === lane) varies = true
    if (node.op === 'input' && inputs[node.value].strides[lane] !== 0) varies = true
  })
  return !varies
}

const multipleOf4 = (n: number): boolean => (n & 3) === 0

export function planScatter(
  kernel: ScatterKernel,
  inputs: readonly Operand[],
  out: Operand,
): ScatterPlan {
  const { shape } = inputs[0]
  const dims = wideDims(shape)
  const lane = dims[dims.length - 1] ?? -1
  const last = out.shape.length - 1
  const rows =
    lane >= 0 &&
    multipleOf4(shape[lane]) &&
    shape[lane] <= (out.shape[last] ?? 0) &&
    out.strides[last] === 1 &&
    multipleOf4(out.offset) &&
    out.strides.every((s, d) => d === last || multipleOf4(s)) &&
    alongRow(kernel, inputs, lane)
  const classes = accessKey(inputs, kernel.loaded, (o) =>
    rows ? runAccess(o, dims, lane, 0) : dims.every((d) => o.strides[d] === 0) ? 's' : 'z',
  )
  return { rows, dims, lane, classes, key: `${dims}${rows ? 'r' : 'p'}${classes}` }
}

/** The corners of a quad's two triangles. */
const corner = 'vec2(0x1a >> corner & 1, 0x34 >> corner & 1)'

/** Puts a vertex at a place in texels. */
function putVertex(source: Source, x: string, y: string): void {
  const [width, height] = [source.inverseExtra(0), source.inverseExtra(1)]
  const place = `vec2(${x} * ${width}, ${y} * ${height})`
  source.line(`gl_Position = vec4(${place} * 2.0 - 1.0, 0.0, 1.0);`)
}

/** Beyond the clip volume: nothing is drawn. */
const nowhere = 'gl_Position = vec4(2.0, 2.0, 2.0, 1.0);'

/** The offset of the target's element (or row) at coordinates, and whether these are inside. */
function targetOf(
  source: Source,
  emitter: Emitter,
  kernel: ScatterKernel,
  count: number,
): { offset: string; inside: string } {
  const out = kernel.inputs.length
  let inside = 'true'
  let offset = source.offset(out)
  for (let d = 0; d < count; d++) {
    const c = source.let('int', `${emitter.emit(kernel.at[d])}.x`)
    const size = source.int(`own size ${out} ${d}`, (call) => call.operands[out].shape[d])
    inside += ` && uint(${c}) < uint(${size})`
    offset += ` + ${c} * ${source.stride(out, d)}`
  }
  return { offset: source.let('int', offset), inside }
}

/** One point for each element: the vertex program finds its place and its value. */
export const buildPoints =
  (kernel: ScatterKernel, plan: ScatterPlan): Build =>
  (source) => {
    const [dtype] = kernel.outputs
    const adding = kernel.combine === 'add'
    const vertex = source.let('int', 'gl_VertexID')
    const space = spaceOf(decompose(source, plan.dims, vertex, false), -1)
    const emitter = new Emitter(source, leavesIn(source, space, plan.dims, classesOf(plan.classes)))
    const { offset, inside } = targetOf(source, emitter, kernel, kernel.at.length)
    const value = emitter.emit(kernel.value)
    const float = samplerOf(dtype) === 'float'
    // By its bits, which nothing on the way changes.
    const sent = source.varying('int')
    const bits = float ? `floatBitsToInt(${value}.x)` : `ivec4(${value}).x`
    const lane = source.varying('int')
    const draws = adding ? inside : `${inside} && (${offset} & 3) == ${source.extra(2)}`
    source.line(`${sent} = ${bits};`)
    source.line(`${lane} = ${offset} & 3;`)
    source.line('gl_PointSize = 1.0;')
    source.line(`if (${draws}) {`)
    const texel = source.let('int', `${offset} >> 2`)
    const [x, y] = [
      `(float(${texel} & ${rowTexels - 1}) + 0.5)`,
      `(float(${texel} >> ${rowBits}) + 0.5)`,
    ]
    putVertex(source, x, y)
    source.line(`} else { ${nowhere} }`)
    source.endVertex()

    const out = source.output(samplerOf(dtype))
    const received = float ? `vec4(intBitsToFloat(${sent}))` : `ivec4(${sent})`
    if (!adding) {
      source.line(`${out} = ${toTexture(dtype, received)};`)
      return
    }
    // The other lanes get what changes nothing.
    const neutral = vectorLiteral(-0, dtype)
    source.use('constants')
    const own = `equal(LANES, ivec4(${lane}))`
    source.line(`${out} = ${source.call('sel', own, received, neutral)};`)
  }

/** A quad for each row, in as many segments as there may be rows of the texture under it. */
export const buildRows =
  (kernel: ScatterKernel, plan: ScatterPlan): Build =>
  (source) => {
    const { lane, dims } = plan
    const [dtype] = kernel.outputs
    const outer = dims.filter((d) => d !== lane)
    const [width, segments] = [source.extra(2), source.extra(3)]
    source.line('int quad = gl_VertexID / 6, corner = gl_VertexID - 6 * quad;')
    const row = source.let('int', source.call('quotient', 'quad', segments, source.inverseExtra(3)))
    const segment = source.let('int', `quad - ${row} * ${segments}`)
    const space = spaceOf(decompose(source, outer, row, false), -1)
    const vertexClasses = plan.classes.replaceAll(/[alg]/g, 'z')
    const emitter = new Emitter(source, leavesIn(source, space, outer, classesOf(vertexClasses)))
    const { offset, inside } = targetOf(source, emitter, kernel, kernel.at.length - 1)
    const texel = source.let('int', `${offset} >> 2`)
    const [x, y] = ['int', 'int'].map((t, i) =>
      source.let(
        t,
        i === 0 ? `${texel} & ${rowTexels - 1}` : `(${texel} >> ${rowBits}) + ${segment}`,
      ),
    )
    const before = source.let('int', `${segment} * ${rowTexels} - ${x}`)
    const begin = source.let('int', `max(0, ${before})`)
    const end = source.let('int', `min(${width}, ${before} + ${rowTexels})`)
    const [sentRow, sentTexel] = [source.varying('int'), source.varying('int')]
    source.line(`${sentRow} = ${row};`)
    source.line(`${sentTexel} = ${texel};`)
    source.line(`if (${inside} && ${begin} < ${end}) {`)
    const at = source.let('vec2', corner)
    const across = `(float(${begin} - ${before}) + ${at}.x * float(${end} - ${begin}))`
    putVertex(source, across, `(float(${y}) + ${at}.y)`)
    source.line(`} else { ${nowhere} }`)
    source.endVertex()

    const places = new Map<number, Place>(decompose(source, outer, sentRow, false))
    const first = source.let('int', `4 * (${source.call('texel')} - ${sentTexel})`)
    places.set(lane, { code: first, each: false })
    const leaves = leavesIn(source, spaceOf(places, lane), dims, classesOf(plan.classes))
    const value = new Emitter(source, leaves).emit(kernel.value)
    const stored = dtype === 'bool' ? `ivec4(${value})` : value
    source.line(`${source.output(samplerOf(dtype))} = ${toTexture(dtype, stored)};`)
  }
