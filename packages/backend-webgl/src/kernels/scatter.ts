import type { Combine, DType, Operand, ScatterKernel } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import { cover } from '../device/region.ts'
import { rowTexels, type Texture, texelsOf } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import { toTexture } from '../glsl/types.ts'
import { identityOf } from './identity.ts'
import { buildPoints, buildRows, planScatter, type ScatterPlan } from './scatter-program.ts'
import { combineSorted } from './scatter-sorted.ts'
import { bufferOf, Writes } from './writes.ts'

/** Whether points can be drawn one over the other, or added by blending. */
function isDrawable(engine: Engine, combine: Combine, dtype: DType): boolean {
  if (combine === 'assign') return true
  return combine === 'add' && dtype === 'float32' && engine.traits.exactBlending
}

/**
 * Runs a scatter kernel. Points are drawn in the order of the iteration, so the last one stays, and
 * float32 are added by blending where that is exact. All else is sorted by its target first.
 */
export function runScatter(
  engine: Engine,
  kernel: ScatterKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { shape } = inputs[0]
  const count = shape.reduce((n, size) => n * size, 1)
  if (count === 0 || out.buffer.length === 0) return
  if (!isDrawable(engine, kernel.combine, out.dtype)) {
    combineSorted(engine, kernel, inputs, out, scalars)
    return
  }
  const textures = inputs.map((o) => engine.contents(bufferOf(o)))
  const writes = new Writes(engine, inputs)
  try {
    const target = editable(engine, writes, out)
    const plan = planScatter(kernel, inputs, out)
    draw({ engine, kernel, inputs, textures, out, scalars }, plan, count, target)
    writes.commit()
  } finally {
    writes.abandon()
  }
}

/** A texture with the output's contents, to draw on. */
function editable(engine: Engine, writes: Writes, out: Operand): Texture {
  const buffer = bufferOf(out)
  if (writes.isFree(buffer)) return engine.edit(buffer)
  const old = engine.contents(buffer)
  const fresh = writes.renew(buffer)
  const kind = samplerOf(out.dtype)
  const program = engine.program(`copy ${kind}`, (source) => {
    const value = source.call('here', source.texture(0, kind))
    source.line(`${source.output(kind)} = ${toTexture(out.dtype, value)};`)
  })
  const call = { shape: [], operands: [], scalars: [], extra: [] }
  engine.draw(program, call, [old], [fresh], cover(texelsOf(buffer.length)))
  return fresh
}

interface Work {
  readonly engine: Engine
  readonly kernel: ScatterKernel
  readonly inputs: readonly Operand[]
  readonly textures: readonly Texture[]
  readonly out: Operand
  readonly scalars: ArrayLike<number>
}

function draw(
  { engine, kernel, inputs, textures, out, scalars }: Work,
  plan: ScatterPlan,
  count: number,
  target: Texture,
): void {
  const { shape } = inputs[0]
  const adding = kernel.combine === 'add'
  const key = `scatter ${identityOf(kernel)} ${shape.length} ${plan.key}`
  const operands = [...inputs, out]
  const size = [target.width, target.height]
  if (plan.rows) {
    const width = shape[plan.lane] / 4
    // A row of texels may go on in the next row of the texture.
    const segments = target.height === 1 || width === 1 ? 1 : Math.ceil(width / rowTexels) + 1
    const program = engine.program(key, buildRows(kernel, plan))
    const call = { shape, operands, scalars, extra: [...size, width, segments] }
    const quads = { kind: 'quads' as const, count: (count / shape[plan.lane]) * segments, adding }
    engine.drawPrimitives(program, call, textures, target, quads)
    return
  }
  const program = engine.program(key, buildPoints(kernel, plan))
  const points = { kind: 'points' as const, count, adding }
  const at = (lane: number) => ({ shape, operands, scalars, extra: [...size, lane] })
  if (adding) {
    engine.drawPrimitives(program, at(0), textures, target, points)
    return
  }
  // One lane of the texels at a time, so that the others stay.
  for (let lane = 0; lane < 4; lane++) {
    engine.drawPrimitives(program, at(lane), textures, target, points, 1 << lane)
  }
}
