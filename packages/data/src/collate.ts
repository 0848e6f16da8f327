import {
  type DType,
  encode,
  fromTypedArray,
  RuntimeError,
  type Scalar,
  stack,
  Tensor,
  TypeError_,
} from '@sconce/core'

/** Elements of a tensor on the host: what a worker sends, and what is uploaded. */
export class HostTensor {
  readonly data: ArrayBufferView
  readonly shape: readonly number[]
  /** Absent: that of the array. */
  readonly dtype: DType | undefined

  constructor(data: ArrayBufferView, shape: readonly number[], dtype?: DType) {
    this.data = data
    this.shape = shape
    this.dtype = dtype
  }
}

/** A tensor of the elements, on the default device. */
export const upload = ({ data, shape, dtype }: HostTensor): Tensor =>
  fromTypedArray(data, shape, dtype === undefined ? {} : { dtype })

/** What `defaultCollate` makes of items of a type. */
export type Collated<Item> = Item extends Tensor | number | bigint | boolean | ArrayBufferView
  ? Tensor
  : Item extends string
    ? string[]
    : Item extends object
      ? { -readonly [K in keyof Item]: Collated<Item[K]> }
      : unknown

/** What becomes of elements that came together on the host. */
export type Finish = (elements: HostTensor) => unknown

type TypedArray = ArrayBufferView & ArrayLike<number | bigint>

const isTypedArray = (x: unknown): x is TypedArray =>
  ArrayBuffer.isView(x) && !(x instanceof DataView)

const isPlainObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && [Object.prototype, null].includes(Object.getPrototypeOf(x))

const nameOf = (x: unknown): string =>
  x === null ? 'null' : typeof x === 'object' ? (x.constructor?.name ?? 'object') : typeof x

const unfit = (x: unknown): Error =>
  new TypeError_(
    `default_collate: batch must contain tensors, typed arrays, numbers, strings, objects or arrays; found ${nameOf(x)}`,
  )

/** Lets all items through that are of the kind of the first. */
function alike<T>(items: readonly unknown[], is: (x: unknown) => x is T): readonly T[] {
  const bad = items.findIndex((item) => !is(item))
  if (bad >= 0) throw unfit(items[bad])
  return items as readonly T[]
}

const isA =
  <T extends Scalar | string>(type: string) =>
  (x: unknown): x is T =>
    typeof x === type

const scalarDTypes: Readonly<Record<string, DType>> = {
  number: 'float32',
  bigint: 'int64',
  boolean: 'bool',
}

function collateArrays(arrays: readonly TypedArray[]): HostTensor {
  const [first] = arrays
  const size = first.length
  arrays.forEach((array, i) => {
    if (array.length !== size) {
      throw new RuntimeError(
        `stack expects each tensor to be equal size, but got [${size}] at entry 0 and [${array.length}] at entry ${i}`,
      )
    }
    if (array.constructor !== first.constructor) {
      throw new TypeError_(
        `default_collate: typed arrays of one batch must be of one type; found ${nameOf(first)} and ${nameOf(array)}`,
      )
    }
  })
  const bytesOf = (a: ArrayBufferView) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength)
  const bytes = new Uint8Array(first.byteLength * arrays.length)
  arrays.forEach((array, i) => {
    bytes.set(bytesOf(array), i * first.byteLength)
  })
  return new HostTensor(viewAs(first, bytes.buffer), [arrays.length, size])
}

/** An array on all of `buffer`, of the type of `like`. A Node Buffer is one of bytes. */
function viewAs(like: TypedArray, buffer: ArrayBuffer): TypedArray {
  if (like instanceof Uint8Array) return new Uint8Array(buffer)
  const Type = like.constructor as new (buffer: ArrayBuffer) => TypedArray
  return new Type(buffer)
}

/** Collates items; elements that came together on the host are left to `finish`. */
export function collateWith(items: readonly unknown[], finish: Finish): unknown {
  const first = items[0]
  const recur = (column: readonly unknown[]) => collateWith(column, finish)
  if (first instanceof Tensor) return stack([...alike(items, (x) => x instanceof Tensor)], 0)
  if (isTypedArray(first)) return finish(collateArrays(alike(items, isTypedArray)))
  const dtype = scalarDTypes[typeof first]
  if (dtype !== undefined) {
    const values = alike(items, isA<Scalar>(typeof first))
    return finish(new HostTensor(encode(dtype, values), [values.length], dtype))
  }
  if (typeof first === 'string') return [...alike(items, isA<string>('string'))]
  if (Array.isArray(first)) {
    const rows = alike(items, Array.isArray)
    if (rows.some((row) => row.length !== first.length)) {
      throw new RuntimeError('each element in list of batch should be of equal size')
    }
    return first.map((_, column) => recur(rows.map((row) => row[column])))
  }
  if (isPlainObject(first)) {
    const rows = alike(items, isPlainObject)
    return Object.fromEntries(
      Object.keys(first).map((key) => [key, recur(rows.map((r) => r[key]))]),
    )
  }
  throw unfit(first)
}

/** Converts the typed arrays in an item that is not batched; they are copied. */
export function convertWith(item: unknown, finish: Finish): unknown {
  if (isTypedArray(item)) {
    return finish(new HostTensor(collateArrays([item]).data, [item.length]))
  }
  if (Array.isArray(item)) return item.map((part) => convertWith(part, finish))
  if (isPlainObject(item)) {
    return Object.fromEntries(
      Object.entries(item).map(([key, part]) => [key, convertWith(part, finish)]),
    )
  }
  return item
}

/**
 * A batch of items, with a new first dim; `torch.utils.data.default_collate`. Tensors are stacked;
 * typed arrays and numbers become tensors (numbers float32, bigints int64, booleans bool: as by
 * `tensor`); strings a list; arrays and objects are collated part by part. Class labels that a loss
 * wants as integers are bigints, tensors or typed arrays.
 *
 * @throws RuntimeError for parts of unequal size, TypeError for other things, in PyTorch's words.
 */
export const defaultCollate = <Item>(items: readonly Item[]): Collated<Item> =>
  collateWith(items, upload) as Collated<Item>

/** An item with typed arrays as tensors, else unchanged; `torch.utils.data.default_convert`. */
export const defaultConvert = (item: unknown): unknown => convertWith(item, upload)
