import { type DType, dtypes } from '@sconce/backend'
import { type SamplerKind, samplerOf } from '../device/formats.ts'

/** The GLSL type of four values of a dtype. */
export const vectorType = (dtype: DType): 'vec4' | 'ivec4' | 'bvec4' => {
  const { kind } = dtypes[dtype]
  return kind === 'float' ? 'vec4' : kind === 'int' ? 'ivec4' : 'bvec4'
}

/** What a texture gives, as values of the dtype that it holds. */
export const fromTexture = (dtype: DType, code: string): string =>
  dtype === 'bool' ? `notEqual(${code}, ivec4(0))` : code

const stored: Readonly<Record<SamplerKind, (code: string) => string>> = {
  float: (code) => code,
  int: (code) => code,
  uint: (code) => `uvec4(${code})`,
}

/** Values of a dtype, as its texture takes them. */
export const toTexture = (dtype: DType, code: string): string => stored[samplerOf(dtype)](code)

/** Integer arithmetic is done on 32 bits; narrower results are cut to their width. */
export function wrapped(dtype: DType, code: string): string {
  switch (dtype) {
    case 'int8':
      return `((${code}) << 24) >> 24`
    case 'int16':
      return `((${code}) << 16) >> 16`
    case 'uint8':
      return `(${code}) & 255`
    default:
      return code
  }
}

const bits = new DataView(new ArrayBuffer(4))

/** A float by its bits, unless it is a small integer or half of one: no decimal is read by a compiler. */
function floatLiteral(value: number): string {
  const single = Math.fround(value)
  if (Number.isInteger(single * 2) && Math.abs(single) < 1e6 && !Object.is(single, -0)) {
    return Number.isInteger(single) ? `${single}.0` : `${single}`
  }
  bits.setFloat32(0, single)
  return `intBitsToFloat(int(0x${bits.getUint32(0).toString(16)}u))`
}

/** The number that a float literal in all four lanes stands for; undefined for other code. */
export function literalValue(code: string): number | undefined {
  const decimal = /^vec4\((-?[\d.]+)\)$/.exec(code)
  if (decimal) return Number(decimal[1])
  const written = /^vec4\(intBitsToFloat\(int\(0x([\da-f]+)u\)\)\)$/.exec(code)
  if (!written) return undefined
  bits.setUint32(0, Number.parseInt(written[1], 16))
  return bits.getFloat32(0)
}

const intLiteral = (value: number): string =>
  (value | 0) === -2147483648 ? 'int(0x80000000u)' : `${value | 0}`

/** The largest and the least value of an integer dtype. */
export const integerLimits: Partial<Record<DType, readonly [number, number]>> = {
  int32: [-2147483648, 2147483647],
  int16: [-32768, 32767],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
}

function narrow(value: number, dtype: DType): number {
  switch (dtype) {
    case 'int8':
      return (value << 24) >> 24
    case 'int16':
      return (value << 16) >> 16
    case 'uint8':
      return value & 255
    default:
      return value | 0
  }
}

/** A literal in all four lanes. */
export function vectorLiteral(value: number, dtype: DType): string {
  const type = vectorType(dtype)
  switch (type) {
    case 'vec4':
      return `vec4(${floatLiteral(value)})`
    case 'ivec4':
      return `ivec4(${intLiteral(narrow(value, dtype))})`
    case 'bvec4':
      return `bvec4(${value !== 0})`
    default:
      return type satisfies never
  }
}
