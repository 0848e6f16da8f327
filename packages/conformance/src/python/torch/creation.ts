/** `torch.tensor` and its relatives. */
import type { DType } from '@sconce/backend'
import { type NestedInput, type Scalar, Tensor, type TensorOptions, tensor } from '@sconce/core'
import { raise } from '../values/errors.ts'
import { isForeign, isList, PyObject, Range, Tuple, type Value } from '../values/value.ts'
import type { Binding } from './binding.ts'

const KINDS = ['bool', 'int', 'float'] as const
type Kind = (typeof KINDS)[number]

/** Numbers nested as they were, and the widest kind among them. */
interface Read {
  readonly data: NestedInput
  readonly kind: Kind | undefined
}

const wider = (a: Kind | undefined, b: Kind | undefined): Kind | undefined =>
  a === undefined || (b !== undefined && KINDS.indexOf(b) > KINDS.indexOf(a)) ? b : a

function readScalar(binding: Binding, value: Value): Read {
  switch (typeof value) {
    case 'boolean':
      return { data: value, kind: 'bool' }
    case 'bigint':
      return { data: value, kind: 'int' }
    case 'number':
      return { data: value, kind: 'float' }
    case 'string':
      throw raise('TypeError', "new(): invalid data type 'str'")
    default:
      throw raise(
        'RuntimeError',
        `Could not infer dtype of ${binding.interpreter.typeOf(value).name}`,
      )
  }
}

/** Items of a value that is a sequence to `torch.tensor`. */
function itemsOf(value: Value): readonly Value[] | undefined {
  if (isList(value)) return value
  if (value instanceof Tuple) return value.items
  return value instanceof Range ? [...value] : undefined
}

function read(binding: Binding, value: Value): Read {
  if (value instanceof Tensor) return readTensor(value)
  const items = itemsOf(value)
  if (!items) return readScalar(binding, value)
  const parts = items.map((item) => read(binding, item))
  return {
    data: parts.map((part) => part.data),
    kind: parts.reduce<Kind | undefined>((kind, part) => wider(kind, part.kind), undefined),
  }
}

/** Tensors among the numbers count with their elements. */
function readTensor(value: Tensor): Read {
  const kind = value.isFloatingPoint() ? 'float' : value.dtype === 'bool' ? 'bool' : 'int'
  return { data: value.detach().toArray() as NestedInput, kind }
}

const defaultDType = ({ holdsInt64 }: Binding, kind: Kind | undefined): DType => {
  if (kind === 'bool') return 'bool'
  return kind === 'int' ? (holdsInt64 ? 'int64' : 'int32') : 'float32'
}

/** `torch.tensor(value)`: bools, ints (int64, where the device holds it) or floats. */
export function makeTensor(binding: Binding, value: Value, options: TensorOptions = {}): Tensor {
  const place = { device: binding.device, ...options }
  if (value instanceof Tensor) return tensor(value, place)
  if (isForeign(value) || (value instanceof PyObject && itemsOf(value) === undefined))
    throw raise(
      'RuntimeError',
      `Could not infer dtype of ${binding.interpreter.typeOf(value).name}`,
    )
  const { data, kind } = read(binding, value)
  const dtype = options.dtype ?? defaultDType(binding, kind)
  return tensor(exact(data, dtype), { ...place, dtype })
}

/** int64 elements stay bigints; all others are numbers. */
function exact(data: NestedInput, dtype: DType): NestedInput {
  if (Array.isArray(data)) return data.map((item: NestedInput) => exact(item, dtype))
  if (dtype === 'int64' || typeof data === 'boolean') return data as Scalar
  return Number(data)
}

/** `torch.as_tensor`: a tensor that is right already is returned as it is. */
export function asTensor(binding: Binding, value: Value, options: TensorOptions): Tensor {
  if (!(value instanceof Tensor)) return makeTensor(binding, value, options)
  const moved = options.device === undefined ? value : value.to(options.device)
  return options.dtype === undefined ? moved : moved.to(options.dtype)
}

/** The old constructors: sizes, or elements of a fixed dtype. */
export function legacyTensor(binding: Binding, args: readonly Value[], dtype: DType): Tensor {
  const [first] = args
  if (args.length === 1 && !(typeof first === 'bigint'))
    return makeTensor(binding, first, { dtype })
  const shape = args.map(Number)
  return tensor(0, { dtype, device: binding.device }).expand(shape).clone()
}
