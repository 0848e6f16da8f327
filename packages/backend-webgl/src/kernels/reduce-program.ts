import type { DType, Expr, ReduceKernel } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Build } from '../device/programs.ts'
import { Emitter } from '../glsl/emit.ts'
import { classesOf, leavesIn } from '../glsl/leaves.ts'
import type { Source } from '../glsl/source.ts'
import { decompose, indexOf, OutputSpace, type Place, type Space, spaceOf } from '../glsl/space.ts'
import { toTexture } from '../glsl/types.ts'
import {
  type Accumulator,
  acrossLanes,
  declare,
  partialDTypes,
  partsOf,
  resultOf,
} from './accumulators.ts'
import { storeOutputs } from './outputs.ts'
import type { OutputPlan } from './plan.ts'
import { Loop, type ReducePass, unset, words } from './reduce-loop.ts'
import type { WriteMode } from './writes.ts'

/** Where a fragment of a stage is: the kept dims, the number of its piece, and where its partial results begin. */
export interface StagePlace {
  readonly kept: Space
  readonly piece: string
  readonly home: (step: string) => Place
}

/** A stage writes one texel for each piece of each row, or of each four columns. */
export function placeOfStage(source: Source, pass: ReducePass, target: OutputPlan): StagePlace {
  const { plan } = pass
  const texel = source.let('int', source.call('texel'))
  const divisor = plan.rows ? words.pieces : words.width
  const quotient = source.let(
    'int',
    source.call('quotient', texel, source.extra(divisor), source.inverseExtra(divisor)),
  )
  const rest = source.let('int', `${texel} - ${quotient} * ${source.extra(divisor)}`)
  if (plan.rows) {
    const kept = spaceOf(decompose(source, plan.keptDims, quotient, false), plan.lane)
    const before = pass.partials
      ? source.let('int', `${quotient} * ${source.extra(words.steps)}`)
      : ''
    return { kept, piece: rest, home: (s) => ({ code: `4 * (${before} + ${s})`, each: false }) }
  }
  const first = source.let('int', `4 * ${rest}`)
  source.use('constants')
  const position = target.run ? first : source.let('ivec4', `${first} + LANES`)
  const kept = spaceOf(decompose(source, plan.keptDims, position, !target.run), target.lane)
  const width = source.extra(words.width)
  const home = (s: string) => ({ code: `4 * (${s} * ${width}) + ${first}`, each: false })
  return { kept, piece: quotient, home }
}

/** A pass that leaves partial results. */
export const buildStage =
  (pass: ReducePass, target: OutputPlan): Build =>
  (source) => {
    const { kernel, reductions } = pass
    const { kept, piece, home } = placeOfStage(source, pass, target)
    const accs = new Loop(source, pass).write(kept, piece, home)
    const dtypes = reductions.flatMap((k) => partialDTypes(kernel.reductions[k]))
    accs.flatMap(partsOf).forEach((part, i) => storePart(source, dtypes[i], part))
  }

function storePart(source: Source, dtype: DType, part: string): void {
  const out = source.output(samplerOf(dtype))
  source.line(`${out} = ${toTexture(dtype, dtype === 'bool' ? `ivec4(${part})` : part)};`)
}

/** The pass that finishes: accumulators, then the epilogue for those outputs that lie alike. */
export const buildFinal =
  (
    kernel: ReduceKernel,
    pass: ReducePass,
    group: readonly number[],
    target: OutputPlan,
    mode: WriteMode,
    epilogue: string,
    oldSlot: number,
  ): Build =>
  (source) => {
    const { plan } = pass
    const outNumber = kernel.inputs.length
    const space = new OutputSpace(source, target, outNumber)
    const accs = plan.rows
      ? finishRows(source, pass, space, target)
      : finishColumns(source, pass, space, target)
    const leaves = leavesIn(source, space, target.dims, classesOf(epilogue))
    const acc = (node: Expr) => resultOf(accs[node.value])
    const emitter = new Emitter(source, { ...leaves, acc })
    const values = group.map((i) => emitter.emit(kernel.values[i]))
    const dtypes = group.map((i) => kernel.outputs[i])
    storeOutputs(source, space, mode, dtypes, values, oldSlot)
  }

/** Row-major positions of the lanes among what is kept. */
export function keptPositions(source: Source, space: OutputSpace, target: OutputPlan): string {
  if (target.flat) return source.let('ivec4', space.positions())
  let position = 'ivec4(0)'
  for (const d of target.dims) {
    position = source.let('ivec4', `${position} * ${source.size(d)} + ${indexOf(source, space, d)}`)
  }
  return position
}

function finishColumns(
  source: Source,
  pass: ReducePass,
  space: OutputSpace,
  target: OutputPlan,
): Accumulator[] {
  const loop = new Loop(source, pass)
  if (!pass.partials) return loop.write(space, undefined, () => unset)
  const width = source.extra(words.width)
  if (target.flat) {
    const home = (s: string) => ({ code: `4 * (${s} * ${width}) + ${space.position}`, each: false })
    return loop.write(space, undefined, home)
  }
  const positions = keptPositions(source, space, target)
  return loop.write(space, undefined, (s) => ({
    code: `4 * (${s} * ${width}) + ${positions}`,
    each: true,
  }))
}

/** Each lane of the output is a row of its own: one after the other. */
function finishRows(
  source: Source,
  pass: ReducePass,
  space: OutputSpace,
  target: OutputPlan,
): Accumulator[] {
  const { kernel, plan } = pass
  source.use('constants')
  const results = kernel.reductions.map((r) => declare(source, r))
  const valid = source.let('bvec4', space.valid())
  const indices = new Map(
    plan.keptDims.map((d) => [d, source.let('ivec4', indexOf(source, space, d))] as const),
  )
  const positions = pass.partials ? keptPositions(source, space, target) : ''
  source.line('for (int lane = 0; lane < 4; lane++) {')
  source.line(`if (!${valid}[lane]) continue;`)
  const places = new Map<number, Place>()
  for (const [d, code] of indices)
    places.set(d, { code: source.let('int', `${code}[lane]`), each: false })
  const row = pass.partials
    ? source.let('int', `${positions}[lane] * ${source.extra(words.steps)}`)
    : ''
  const accs = new Loop(source, pass).write(spaceOf(places, plan.lane), undefined, (s) => ({
    code: `4 * (${row} + ${s})`,
    each: false,
  }))
  const own = source.let('bvec4', 'equal(LANES, ivec4(lane))')
  accs.forEach((acc, i) => {
    acrossLanes(source, acc)
    const into = partsOf(results[i])
    partsOf(acc).forEach((part, j) =>
      source.line(`${into[j]} = ${source.call('sel', own, part, into[j])};`),
    )
  })
  source.line('}')
  return results
}
