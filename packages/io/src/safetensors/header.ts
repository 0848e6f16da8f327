import { countOf, type ElementKind, isShape, kinds, MAX_DIMS } from '../elements.ts'
import { expectFormat, FormatError } from '../errors.ts'
import { duplicateKey } from './duplicate-keys.ts'

export const FORMAT = 'safetensors'

/** The longest header that the reference implementation reads. */
export const MAX_HEADER = 100_000_000

/** Bits of the types that the format knows and that are no dtypes here. */
const otherTypes: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  U64: 64,
  C64: 64,
}

/** The types of the format that tensors can have. */
export const types: Readonly<Record<string, ElementKind>> = {
  BOOL: kinds.b1,
  U8: kinds.u1,
  I8: kinds.i1,
  I16: kinds.i2,
  U16: kinds.u2,
  F16: kinds.f2,
  BF16: kinds.bf2,
  I32: kinds.i4,
  U32: kinds.u4,
  F32: kinds.f4,
  F64: kinds.f8,
  I64: kinds.i8,
}

/** What the header says of a tensor. */
export interface TensorInfo {
  /** The format's name: 'F32', 'I64'… */
  readonly dtype: string
  readonly shape: readonly number[]
  /** First byte and the byte after the last, from the end of the header on. */
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorInfo>
  readonly metadata: ReadonlyMap<string, string>
}

const expectThat: (condition: boolean, message: () => string) => asserts condition = (
  condition,
  message,
) => expectFormat(FORMAT, condition, message)

const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new FormatError(FORMAT, 'the header is not UTF-8', { cause: error })
  }
  expectThat(text.startsWith('{'), () => "the header doesn't start with '{'")
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FormatError(FORMAT, `the header is not JSON: ${reason}`, { cause: error })
  }
  expectThat(isObject(value), () => 'the header is no object')
  const twice = duplicateKey(text)
  expectThat(twice === undefined, () => `the header has the key '${twice}' twice`)
  return value
}

function parseMetadata(value: unknown): Map<string, string> {
  expectThat(isObject(value), () => '__metadata__ is no object')
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    expectThat(typeof text === 'string', () => `__metadata__: '${key}' is no string`)
    return [key, text]
  })
  return new Map(entries)
}

const bitsOf = (dtype: string): number | undefined =>
  Object.hasOwn(types, dtype)
    ? types[dtype].size * 8
    : Object.hasOwn(otherTypes, dtype)
      ? otherTypes[dtype]
      : undefined

function parseInfo(name: string, value: unknown): TensorInfo {
  expectThat(isObject(value), () => `'${name}' is no object`)
  const { dtype, shape, data_offsets: offsets, ...rest } = value
  const surplus = Object.keys(rest)
  expectThat(surplus.length === 0, () => `'${name}' has an unknown field '${surplus[0]}'`)
  const bits = typeof dtype === 'string' ? bitsOf(dtype) : undefined
  expectThat(
    typeof dtype === 'string' && bits !== undefined,
    () => `'${name}' has the unknown dtype ${JSON.stringify(dtype)}`,
  )
  expectThat(isShape(shape), () => `'${name}': the shape is no list of at most ${MAX_DIMS} sizes`)
  expectThat(
    Array.isArray(offsets) &&
      offsets.length === 2 &&
      offsets.every((n) => Number.isSafeInteger(n) && n >= 0) &&
      offsets[0] <= offsets[1],
    () => `'${name}': data_offsets is no range`,
  )
  const [begin, end] = offsets
  const size = (countOf(shape) * bits) / 8
  expectThat(
    end - begin === size,
    () => `'${name}': ${dtype} of shape [${shape}] takes ${size} bytes, not ${end - begin}`,
  )
  return { dtype, shape, begin, end }
}

/** The tensors fill the file from the header to the end, without gaps and overlaps. */
function checkLayout(tensors: ReadonlyMap<string, TensorInfo>, dataSize: number): void {
  let position = 0
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  for (const [name, { begin, end }] of inOrder) {
    expectThat(
      begin === position,
      () => `'${name}' starts at ${begin} instead of ${position}: tensors overlap or leave a gap`,
    )
    position = end
  }
  expectThat(
    position === dataSize,
    () => `the tensors take ${position} bytes, the file has ${dataSize} for them`,
  )
}

/**
 * The length of the header, from the first 8 bytes.
 *
 * @throws FormatError if it can't be right.
 */
export function headerLength(first: DataView, fileSize: number): number {
  const length = Number(first.getBigUint64(0, true))
  expectThat(
    length <= MAX_HEADER,
    () =>
      `a header of ${length} bytes (limit: ${MAX_HEADER}): no safetensors file, or a corrupted one`,
  )
  expectThat(
    8 + length <= fileSize,
    () => `truncated: a header of ${length} bytes in a file of ${fileSize}`,
  )
  return length
}

/**
 * What the bytes of a header say.
 *
 * @param dataSize bytes between the header and the end of the file.
 * @throws FormatError for whatever is wrong with it.
 */
export function parseHeader(bytes: Uint8Array, dataSize: number): Header {
  const { __metadata__: metadata, ...infos } = parseJson(bytes)
  const tensors = new Map(
    Object.entries(infos).map(([name, value]) => [name, parseInfo(name, value)] as const),
  )
  checkLayout(tensors, dataSize)
  return { tensors, metadata: metadata === undefined ? new Map() : parseMetadata(metadata) }
}
