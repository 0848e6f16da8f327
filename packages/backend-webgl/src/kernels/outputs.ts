import type { DType } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Source } from '../glsl/source.ts'
import type { OutputSpace } from '../glsl/space.ts'
import { toTexture } from '../glsl/types.ts'
import type { WriteMode } from './writes.ts'

/** Writes the values of a pass to its targets. `oldSlot` is the slot of the first output's old contents. */
export function storeOutputs(
  source: Source,
  space: OutputSpace,
  mode: WriteMode,
  dtypes: readonly DType[],
  values: readonly string[],
  oldSlot: number,
): void {
  if (mode === 'skip') source.line(`if (!${space.valid()}.x) discard;`)
  dtypes.forEach((dtype, i) => {
    const kind = samplerOf(dtype)
    const out = source.output(kind)
    // Truth values are stored as integers, and carried over as such.
    let value = dtype === 'bool' ? `ivec4(${values[i]})` : values[i]
    if (mode === 'carry') {
      const old = source.call('here', source.texture(oldSlot + i, kind))
      value = source.call('sel', space.valid(), value, old)
    }
    source.line(`${out} = ${toTexture(dtype, value)};`)
  })
}
