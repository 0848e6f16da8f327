import { unsigned } from './code.ts'

export type ValType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

export const typeCodes: Readonly<Record<ValType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
}

/** Opcodes of one byte. */
const scalarCodes = {
  'i32.load': 0x28,
  'f64.load': 0x2b,
  'i32.load8_u': 0x2d,
  'i32.load16_u': 0x2f,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_s': 0x4a,
  'i32.le_u': 0x4d,
  'i32.ge_s': 0x4e,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i64.lt_s': 0x53,
  'i64.ge_s': 0x59,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.div_s': 0x7f,
  'i64.rem_s': 0x81,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_s': 0xac,
  'f32.convert_i64_s': 0xb4,
  'f64.convert_i64_s': 0xb9,
  'i64.reinterpret_f64': 0xbd,
} as const

/** Opcodes behind the SIMD prefix. */
const simdCodes = {
  'v128.load': 0x00,
  'v128.load32_splat': 0x09,
  'v128.load64_splat': 0x0a,
  'v128.store': 0x0b,
  'v128.const': 0x0c,
  'i8x16.shuffle': 0x0d,
  'i32x4.splat': 0x11,
  'i64x2.splat': 0x12,
  'f32x4.splat': 0x13,
  'f64x2.splat': 0x14,
  'i32x4.extract_lane': 0x1b,
  'i32x4.replace_lane': 0x1c,
  'i64x2.extract_lane': 0x1d,
  'i64x2.replace_lane': 0x1e,
  'f32x4.extract_lane': 0x1f,
  'f32x4.replace_lane': 0x20,
  'f64x2.extract_lane': 0x21,
  'f64x2.replace_lane': 0x22,
  'i32x4.eq': 0x37,
  'i32x4.ne': 0x38,
  'i32x4.lt_s': 0x39,
  'i32x4.lt_u': 0x3a,
  'i32x4.gt_s': 0x3b,
  'i32x4.le_s': 0x3d,
  'i32x4.ge_s': 0x3f,
  'f32x4.eq': 0x41,
  'f32x4.ne': 0x42,
  'f32x4.lt': 0x43,
  'f32x4.gt': 0x44,
  'f32x4.le': 0x45,
  'f32x4.ge': 0x46,
  'f64x2.eq': 0x47,
  'f64x2.ne': 0x48,
  'f64x2.lt': 0x49,
  'f64x2.gt': 0x4a,
  'f64x2.le': 0x4b,
  'f64x2.ge': 0x4c,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'v128.any_true': 0x53,
  'v128.load32_lane': 0x56,
  'v128.load64_lane': 0x57,
  'v128.store8_lane': 0x58,
  'v128.store16_lane': 0x59,
  'v128.store32_lane': 0x5a,
  'v128.store64_lane': 0x5b,
  'v128.load32_zero': 0x5c,
  'v128.load64_zero': 0x5d,
  'f32x4.demote_f64x2_zero': 0x5e,
  'f64x2.promote_low_f32x4': 0x5f,
  'i8x16.narrow_i16x8_u': 0x66,
  'f32x4.ceil': 0x67,
  'f32x4.floor': 0x68,
  'f32x4.trunc': 0x69,
  'f32x4.nearest': 0x6a,
  'f64x2.ceil': 0x74,
  'f64x2.floor': 0x75,
  'f64x2.trunc': 0x7a,
  'i16x8.narrow_i32x4_u': 0x86,
  'i16x8.extend_low_i8x16_s': 0x87,
  'i16x8.extend_low_i8x16_u': 0x89,
  'f64x2.nearest': 0x94,
  'i32x4.abs': 0xa0,
  'i32x4.neg': 0xa1,
  'i32x4.bitmask': 0xa4,
  'i32x4.extend_low_i16x8_s': 0xa7,
  'i32x4.extend_low_i16x8_u': 0xa9,
  'i32x4.shl': 0xab,
  'i32x4.shr_s': 0xac,
  'i32x4.shr_u': 0xad,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'i32x4.mul': 0xb5,
  'i32x4.min_s': 0xb6,
  'i32x4.max_s': 0xb8,
  'i64x2.abs': 0xc0,
  'i64x2.neg': 0xc1,
  'i64x2.extend_low_i32x4_s': 0xc7,
  'i64x2.extend_high_i32x4_s': 0xc8,
  'i64x2.shl': 0xcb,
  'i64x2.shr_s': 0xcc,
  'i64x2.shr_u': 0xcd,
  'i64x2.add': 0xce,
  'i64x2.sub': 0xd1,
  'i64x2.mul': 0xd5,
  'i64x2.eq': 0xd6,
  'i64x2.ne': 0xd7,
  'i64x2.lt_s': 0xd8,
  'i64x2.gt_s': 0xd9,
  'i64x2.le_s': 0xda,
  'i64x2.ge_s': 0xdb,
  'f32x4.abs': 0xe0,
  'f32x4.neg': 0xe1,
  'f32x4.sqrt': 0xe3,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.pmin': 0xea,
  'f32x4.pmax': 0xeb,
  'f64x2.abs': 0xec,
  'f64x2.neg': 0xed,
  'f64x2.sqrt': 0xef,
  'f64x2.add': 0xf0,
  'f64x2.sub': 0xf1,
  'f64x2.mul': 0xf2,
  'f64x2.div': 0xf3,
  'f64x2.pmin': 0xf6,
  'f64x2.pmax': 0xf7,
  'i32x4.trunc_sat_f32x4_s': 0xf8,
  'f32x4.convert_i32x4_s': 0xfa,
  'i32x4.trunc_sat_f64x2_s_zero': 0xfc,
  'f64x2.convert_low_i32x4_s': 0xfe,
  'f32x4.relaxed_madd': 0x105,
  'f32x4.relaxed_nmadd': 0x106,
  'f64x2.relaxed_madd': 0x107,
  'f64x2.relaxed_nmadd': 0x108,
  'i32x4.relaxed_laneselect': 0x10b,
  'i64x2.relaxed_laneselect': 0x10c,
} as const

/** Opcodes behind the prefix of the saturating conversions. */
const saturatingCodes = { 'i64.trunc_sat_f64_s': 6 } as const

export type Instruction =
  | keyof typeof scalarCodes
  | keyof typeof simdCodes
  | keyof typeof saturatingCodes

export interface InstructionInfo {
  readonly bytes: readonly number[]
  readonly result: ValType
}

/** What an instruction leaves on the stack; stores leave nothing and are never asked. */
function resultOf(name: string): ValType {
  const [shape, op] = name.split('.')
  if (!shape.includes('x') && shape !== 'v128') {
    return /^(eqz|eq|ne|[lg][te](_[su])?)$/.test(op) ? 'i32' : (shape as ValType)
  }
  if (op === 'extract_lane') return shape.split('x')[0] as ValType
  return op === 'any_true' || op === 'bitmask' ? 'i32' : 'v128'
}

const entries = (codes: Readonly<Record<string, number>>, prefix: readonly number[]) =>
  Object.entries(codes).map(([name, code]): [string, InstructionInfo] => [
    name,
    { bytes: [...prefix, ...unsigned(code)], result: resultOf(name) },
  ])

/** Encoding and result of every instruction that the code generator uses. */
export const instructions = Object.fromEntries([
  ...Object.entries(scalarCodes).map(([name, code]) => [
    name,
    { bytes: [code], result: resultOf(name) },
  ]),
  ...entries(simdCodes, [0xfd]),
  ...entries(saturatingCodes, [0xfc]),
]) as Readonly<Record<Instruction, InstructionInfo>>

/** Control and variable instructions, which statements are made of. */
export const control = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  drop: 0x1a,
  select: 0x1b,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  /** Type of a block that takes and leaves nothing. */
  empty: 0x40,
} as const
