import { isFloat } from '@sconce/backend'
import { type ElementKind, isShape, kinds } from '../elements.ts'
import type { FormatError } from '../errors.ts'

type Fail = (message: string) => FormatError

/** A name that a pickle may refer to: a value, or a function of plain values. */
export class Global {
  readonly name: string
  readonly call?: (args: readonly unknown[], fail: Fail) => unknown

  constructor(name: string, call?: (args: readonly unknown[], fail: Fail) => unknown) {
    this.name = name
    if (call) this.call = call
  }
}

/** A class of storages: what their elements are. */
export class StorageType extends Global {
  readonly kind: ElementKind
  constructor(name: string, kind: ElementKind) {
    super(name)
    this.kind = kind
  }
}

/** A dtype of PyTorch, with the kind of its elements where tensors can have it. */
export class TorchDType extends Global {
  readonly kind: ElementKind | undefined
  constructor(name: string, kind?: ElementKind) {
    super(name)
    this.kind = kind
  }
}

/** Elements that tensors of the file share. */
export interface StorageRef {
  readonly key: string
  readonly kind: ElementKind
  /** Number of elements. */
  readonly length: number
}

/** A tensor before its elements have been read. */
export class TensorRef {
  readonly storage: StorageRef
  readonly kind: ElementKind
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly requiresGrad: boolean

  constructor(
    storage: StorageRef,
    kind: ElementKind,
    layout: { offset: number; shape: readonly number[]; strides: readonly number[] },
    requiresGrad: boolean,
  ) {
    this.storage = storage
    this.kind = kind
    this.offset = layout.offset
    this.shape = layout.shape
    this.strides = layout.strides
    this.requiresGrad = requiresGrad
  }
}

export type Globals = ReadonlyMap<string, Global>

export const isStorageRef = (x: unknown): x is StorageRef =>
  typeof x === 'object' && x !== null && 'kind' in x && 'key' in x && 'length' in x

/** The storage of a persistent id: `('storage', class, key, location, number of elements)`. */
export function storageOf(id: unknown, fail: Fail): StorageRef {
  const [kind, type, key, , length] = Array.isArray(id) ? id : []
  if (
    kind !== 'storage' ||
    !(type instanceof StorageType) ||
    typeof key !== 'string' ||
    !Number.isSafeInteger(length) ||
    length < 0
  ) {
    throw fail('a persistent id is no storage')
  }
  return { key, kind: type.kind, length }
}

/** The number of elements up to the last one that a layout reaches. */
const extent = (offset: number, shape: readonly number[], strides: readonly number[]): number =>
  shape.includes(0)
    ? offset
    : shape.reduce((last, size, dim) => last + (size - 1) * strides[dim], offset) + 1

/** Whether a tensor requires a gradient, which only those of floats can. */
function wantsGrad(kind: ElementKind, requiresGrad: unknown, fail: Fail): boolean {
  if (requiresGrad === true && !isFloat(kind.dtype)) {
    throw fail('only Tensors of floating point dtype can require gradients')
  }
  return requiresGrad === true
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, …)`, and v3, with a dtype. */
function rebuildTensor(args: readonly unknown[], fail: Fail, dtype?: unknown): TensorRef {
  const [storage, offset, shape, strides, requiresGrad = false] = args
  if (!isStorageRef(storage)) throw fail('no storage')
  if (!isShape(shape) || !isShape(strides) || shape.length !== strides.length) {
    throw fail('size and stride are no shapes of the same number of dims')
  }
  if (!Number.isSafeInteger(offset) || Number(offset) < 0) throw fail('the offset is no position')
  const kind = dtype === undefined ? storage.kind : dtype instanceof TorchDType && dtype.kind
  if (!kind) throw fail('tensors of this dtype are not supported')
  const length = (storage.length * storage.kind.size) / kind.size
  const start = Number(offset)
  const end = extent(start, shape, strides)
  if (!(end <= length) || !Number.isSafeInteger(shape.reduce((a, b) => a * b, 1))) {
    throw fail(
      `setStorage: sizes [${shape}], strides [${strides}], storage offset ${start} are out of bounds for a storage of ${length} elements`,
    )
  }
  return new TensorRef(
    storage,
    kind,
    { offset: start, shape, strides },
    wantsGrad(kind, requiresGrad, fail),
  )
}

function orderedDict([items = []]: readonly unknown[], fail: Fail): Map<unknown, unknown> {
  if (items instanceof Map) return new Map(items)
  if (!Array.isArray(items) || !items.every((i) => Array.isArray(i) && i.length === 2)) {
    throw fail('its argument is no list of pairs')
  }
  return new Map(items)
}

/** `_rebuild_parameter(data, requires_grad, backward_hooks)`. */
function rebuildParameter([data, requiresGrad]: readonly unknown[], fail: Fail): TensorRef {
  if (!(data instanceof TensorRef)) throw fail('no tensor')
  return new TensorRef(data.storage, data.kind, data, wantsGrad(data.kind, requiresGrad, fail))
}

/** `_codecs.encode(text, 'latin1')`: how protocol 2 writes bytes. */
function encode([text, encoding]: readonly unknown[], fail: Fail): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1') throw fail('only bytes as latin1 text')
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}

const listOf = ([items = []]: readonly unknown[], fail: Fail): unknown[] => {
  if (!Array.isArray(items)) throw fail('its argument is no list')
  return items
}

const storages: Readonly<Record<string, ElementKind>> = {
  FloatStorage: kinds.f4,
  DoubleStorage: kinds.f8,
  HalfStorage: kinds.f2,
  BFloat16Storage: kinds.bf2,
  LongStorage: kinds.i8,
  IntStorage: kinds.i4,
  ShortStorage: kinds.i2,
  CharStorage: kinds.i1,
  ByteStorage: kinds.u1,
  BoolStorage: kinds.b1,
}

const dtypes: Readonly<Record<string, ElementKind | undefined>> = {
  float32: kinds.f4,
  float64: kinds.f8,
  float16: kinds.f2,
  bfloat16: kinds.bf2,
  int64: kinds.i8,
  int32: kinds.i4,
  int16: kinds.i2,
  int8: kinds.i1,
  uint8: kinds.u1,
  uint16: kinds.u2,
  uint32: kinds.u4,
  bool: kinds.b1,
  uint64: undefined,
  complex32: undefined,
  complex64: undefined,
  complex128: undefined,
}

const functions: Readonly<Record<string, (args: readonly unknown[], fail: Fail) => unknown>> = {
  'collections.OrderedDict': orderedDict,
  'collections.Counter': orderedDict,
  'torch._utils._rebuild_tensor': (args, fail) => rebuildTensor(args.slice(0, 4), fail),
  'torch._utils._rebuild_tensor_v2': (args, fail) => rebuildTensor(args, fail),
  'torch._utils._rebuild_tensor_v3': (args, fail) => rebuildTensor(args, fail, args[6] ?? null),
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch.Size': listOf,
  'torch.device': ([type, index]) => (index === undefined ? type : `${type}:${index}`),
  '_codecs.encode': encode,
  'builtins.set': (args, fail) => new Set(listOf(args, fail)),
  '__builtin__.set': (args, fail) => new Set(listOf(args, fail)),
}

/** All names that are known; none does more than build a value. */
export const torchGlobals: Globals = new Map<string, Global>([
  ...Object.entries(functions).map(([name, call]) => [name, new Global(name, call)] as const),
  ...Object.entries(storages).map(
    ([name, kind]) => [`torch.${name}`, new StorageType(name, kind)] as const,
  ),
  ['torch.storage.UntypedStorage', new StorageType('UntypedStorage', kinds.u1)],
  ...Object.entries(dtypes).map(
    ([name, kind]) => [`torch.${name}`, new TorchDType(name, kind)] as const,
  ),
])
