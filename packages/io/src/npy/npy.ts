import type { DType } from '@sconce/backend'
import { type Tensor, TypeError_ } from '@sconce/core'
import {
  bytesOf,
  countOf,
  type ElementKind,
  isShape,
  kindOf,
  kinds,
  MAX_DIMS,
  type ReadOptions,
  tensorOf,
} from '../elements.ts'
import { type ByteInput, concat, Reader, viewOf } from '../source.ts'
import { parseLiteral } from './python-literal.ts'

const MAGIC = '\x93NUMPY'

/** Longer headers belong to arrays that are no tensors; numpy itself refuses more than 10000 bytes. */
const MAX_HEADER = 2 ** 16

/** Numpy's codes of one element, without the byte order. */
const codes = {
  f2: kinds.f2,
  f4: kinds.f4,
  f8: kinds.f8,
  i1: kinds.i1,
  i2: kinds.i2,
  i4: kinds.i4,
  i8: kinds.i8,
  u1: kinds.u1,
  u2: kinds.u2,
  u4: kinds.u4,
  b1: kinds.b1,
} as const satisfies Record<string, ElementKind>

interface NpyHeader {
  readonly kind: ElementKind
  readonly little: boolean
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
}

function parseHeader(reader: Reader, text: string): NpyHeader {
  const dict = parseLiteral(text)
  if (!(dict instanceof Map)) throw reader.fail('the header is no dict')
  const descr = dict.get('descr')
  const fortranOrder = dict.get('fortran_order')
  const shape = dict.get('shape')
  const [, byteOrder, code] =
    (typeof descr === 'string' && /^([<>|=])([a-zA-Z]\d+)$/.exec(descr)) || []
  if (code === undefined || !Object.hasOwn(codes, code)) {
    const found = typeof descr === 'string' ? `'${descr}'` : 'a structured type'
    throw reader.fail(
      `arrays of ${found} are no tensors: only floats, integers up to 32 bits unsigned or 64 signed, and bool`,
    )
  }
  if (typeof fortranOrder !== 'boolean') throw reader.fail('fortran_order is no bool')
  if (!isShape(shape)) throw reader.fail(`the shape is no tuple of at most ${MAX_DIMS} sizes`)
  const kind: ElementKind = codes[code as keyof typeof codes]
  return { kind, little: byteOrder !== '>', fortranOrder, shape }
}

/** Bytes before the header's text, for versions 1 and from 2 on. */
async function headerSpan(
  reader: Reader,
): Promise<{ start: number; length: number; utf8: boolean }> {
  const head = await reader.read(0, 8, 'the magic string')
  if (String.fromCharCode(...head.subarray(0, 6)) !== MAGIC) throw reader.fail('no npy file')
  const [major, minor] = head.subarray(6)
  if (major < 1 || major > 3) throw reader.fail(`version ${major}.${minor} is unknown`)
  if (major === 1) {
    const length = viewOf(await reader.read(8, 2, 'the header’s length')).getUint16(0, true)
    return { start: 10, length, utf8: false }
  }
  const length = viewOf(await reader.read(8, 4, 'the header’s length')).getUint32(0, true)
  return { start: 12, length, utf8: major === 3 }
}

/**
 * Reads an `.npy` file; `numpy.load`. Arrays in Fortran order become tensors with such strides,
 * big-endian ones are turned round; uint16 and uint32, which are no dtypes, become int32 and int64.
 *
 * @throws FormatError for broken files, and for arrays that are no tensors (objects, texts, structs).
 */
export async function readNpy(input: ByteInput, options?: ReadOptions): Promise<Tensor> {
  const reader = new Reader(input, 'npy')
  const { start, length, utf8 } = await headerSpan(reader)
  if (length > MAX_HEADER) throw reader.fail(`a header of ${length} bytes (limit: ${MAX_HEADER})`)
  const bytes = await reader.read(start, length, 'the header')
  const text = new TextDecoder(utf8 ? 'utf-8' : 'latin1').decode(bytes)
  const { kind, little, fortranOrder, shape } = parseHeader(reader, text)
  const size = countOf(shape) * kind.size
  const data = await reader.read(start + length, size, `the array of shape [${shape}]`)
  if (!fortranOrder) return tensorOf(kind, data, shape, options, little)
  const dims = [...shape.keys()].reverse()
  return tensorOf(kind, data, [...shape].reverse(), options, little).permute(dims)
}

/** Options of writing npy files. */
export interface NpyOptions {
  /** The first index runs fastest. Default: false. */
  fortranOrder?: boolean
}

const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`

/** Numpy leaves room for the first size to grow to this many digits. */
const GROWTH_DIGITS = 21

function encodeHeader(dtype: DType, shape: readonly number[], fortranOrder: boolean): Uint8Array {
  const code = kindOf[dtype]
  if (code === 'bf2') {
    throw new TypeError_("npy files hold no bfloat16: convert the tensor, as by `x.to('float32')`")
  }
  const descr = `${kinds[code].size === 1 ? '|' : '<'}${code}`
  const order = fortranOrder ? 'True' : 'False'
  let text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shapeText(shape)}, }`
  if (shape.length > 0) {
    const growing = String(shape[fortranOrder ? shape.length - 1 : 0])
    text += ' '.repeat(Math.max(0, GROWTH_DIGITS - growing.length))
  }
  const total = Math.ceil((10 + text.length + 1) / 64) * 64
  text = `${text.padEnd(total - 11)}\n`
  const header = new Uint8Array(total)
  header.set([...MAGIC].map((c) => c.charCodeAt(0)))
  header.set([1, 0, (total - 10) & 0xff, (total - 10) >> 8], 6)
  header.set(new TextEncoder().encode(text), 10)
  return header
}

/** The bytes of an `.npy` file, chunk by chunk. */
export async function* npyChunks(
  tensor: Tensor,
  { fortranOrder = false }: NpyOptions = {},
): AsyncGenerator<Uint8Array, void> {
  yield encodeHeader(tensor.dtype, tensor.shape, fortranOrder)
  yield* bytesOf(
    fortranOrder ? tensor.detach().permute([...tensor.shape.keys()].reverse()) : tensor,
  )
}

/**
 * The bytes of an `.npy` file; `numpy.save`.
 *
 * @throws TypeError for bfloat16, which numpy doesn't have.
 */
export const encodeNpy = (tensor: Tensor, options?: NpyOptions): Promise<Uint8Array<ArrayBuffer>> =>
  concat(npyChunks(tensor, options))
