import { type DType, dtypes, UnsupportedDType } from '@sconce/backend'

/** What a texel holds: four elements of one of these widths. */
export type Format = 'float' | 'int' | 'short' | 'char' | 'byte'

/** How a shader sees a texture. */
export type SamplerKind = 'float' | 'int' | 'uint'

type GlName =
  | 'RGBA32F'
  | 'RGBA32I'
  | 'RGBA16I'
  | 'RGBA8I'
  | 'RGBA8UI'
  | 'RGBA'
  | 'RGBA_INTEGER'
  | 'FLOAT'
  | 'INT'
  | 'SHORT'
  | 'BYTE'
  | 'UNSIGNED_BYTE'
  | 'UNSIGNED_INT'

/** Arrays of what textures hold. */
export type HostArray =
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Int8Array
  | Uint8Array

interface HostArrayConstructor {
  new (length: number): HostArray
  new (values: ArrayLike<number>): HostArray
  new (buffer: ArrayBuffer, byteOffset: number, length: number): HostArray
}

interface FormatInfo {
  readonly sampler: SamplerKind
  /** Bytes of a texel. */
  readonly bytes: number
  readonly internal: GlName
  readonly pixels: GlName
  /** Type of the elements in an upload. */
  readonly upload: GlName
  /** Type of the elements in a read; the widest of its kind is the one that WebGL guarantees. */
  readonly download: GlName
  /** Arrays of the elements themselves, and of what a read gives. */
  readonly array: HostArrayConstructor
  readonly downloadArray: HostArrayConstructor
}

const row = (
  sampler: SamplerKind,
  bytes: number,
  internal: GlName,
  upload: GlName,
  array: HostArrayConstructor,
  download: GlName,
  downloadArray: HostArrayConstructor,
): FormatInfo => ({
  sampler,
  bytes,
  internal,
  pixels: sampler === 'float' ? 'RGBA' : 'RGBA_INTEGER',
  upload,
  array,
  download,
  downloadArray,
})

export const formats: Readonly<Record<Format, FormatInfo>> = {
  float: row('float', 16, 'RGBA32F', 'FLOAT', Float32Array, 'FLOAT', Float32Array),
  int: row('int', 16, 'RGBA32I', 'INT', Int32Array, 'INT', Int32Array),
  short: row('int', 8, 'RGBA16I', 'SHORT', Int16Array, 'INT', Int32Array),
  char: row('int', 4, 'RGBA8I', 'BYTE', Int8Array, 'INT', Int32Array),
  byte: row('uint', 4, 'RGBA8UI', 'UNSIGNED_BYTE', Uint8Array, 'UNSIGNED_INT', Uint32Array),
}

const formatOfDType: Partial<Record<DType, Format>> = {
  float32: 'float',
  int32: 'int',
  int16: 'short',
  int8: 'char',
  uint8: 'byte',
  bool: 'byte',
}

/** The dtypes that textures can hold. */
export const heldDTypes = Object.keys(dtypes).filter(
  (dtype) => formatOfDType[dtype as DType] !== undefined,
) as readonly DType[]

export const holds = (dtype: DType): boolean => formatOfDType[dtype] !== undefined

/** The format of a dtype; throws `UnsupportedDType` for one that WebGL2 has no texture for. */
export function formatOf(dtype: DType): Format {
  const format = formatOfDType[dtype]
  if (!format) {
    throw new UnsupportedDType(
      `webgl: ${dtype} is not held by this device, which has ${heldDTypes.join(', ')}; ` +
        'convert the tensor, or keep it on another device',
    )
  }
  return format
}

export const samplerOf = (dtype: DType): SamplerKind => formats[formatOf(dtype)].sampler
