/** What stands between the brackets, as `Tensor.at` takes it. */
import { asFloat, type Index, type Scalar, Tensor } from '@sconce/core'
import { raise } from '../values/errors.ts'
import { ELLIPSIS, isList, Range, Slice, Tuple, type Value } from '../values/value.ts'
import type { Binding } from './binding.ts'
import { makeTensor } from './creation.ts'

/** A part of a slice: a tensor of one integer counts as it does in Python. */
function bound(binding: Binding, value: Value): string {
  if (value === null) return ''
  const { interpreter } = binding
  const number =
    typeof value === 'bigint' ? value : interpreter.call(interpreter.type('int'), [value])
  return String(number)
}

function sliceText(binding: Binding, { start, stop, step }: Slice): string {
  return [start, stop, step].map((value) => bound(binding, value)).join(':')
}

function toItem(binding: Binding, value: Value): Index {
  if (typeof value === 'bigint' || typeof value === 'boolean' || value === null) return value
  if (value instanceof Tensor) return value
  if (value === ELLIPSIS) return '...'
  if (value instanceof Slice) return sliceText(binding, value)
  // A list of positions, or of truths, however deep.
  if (isList(value) || value instanceof Tuple) return positions(binding, value)
  if (value instanceof Range) return positions(binding, [...value])
  if (typeof value === 'string') throw raise('TypeError', "new(): invalid data type 'str'")
  throw raise(
    'IndexError',
    'only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices ' +
      `(got ${binding.interpreter.typeOf(value).name})`,
  )
}

/** An empty list is one of no positions, not of floats. */
function positions(binding: Binding, value: Value): Tensor {
  const empty = isList(value) && value.length === 0
  return makeTensor(binding, value, empty ? { dtype: 'int64' } : {})
}

/** A list counts as a tuple if it holds more than numbers; PyTorch's `treatSequenceAsTuple`. */
const isTuple = (index: Value[]): boolean =>
  index.length < 32 &&
  index.some((item) => item === null || item === ELLIPSIS || isList(item) || isTensorOrSlice(item))

const isTensorOrSlice = (item: Value): boolean =>
  item instanceof Tensor || item instanceof Tuple || item instanceof Slice

export function toItems(binding: Binding, index: Value): Index[] {
  const items =
    index instanceof Tuple ? index.items : isList(index) && isTuple(index) ? index : [index]
  return items.map((item) => toItem(binding, item))
}

/** `tensor[index] = value`. */
export function assign(binding: Binding, target: Tensor, index: Value, value: Value): void {
  target.set(toItems(binding, index), toElement(binding, value))
}

function toElement(binding: Binding, value: Value): Tensor | Scalar {
  if (value instanceof Tensor) return value
  if (typeof value === 'number') return Number.isInteger(value) ? asFloat(value) : value
  if (typeof value === 'bigint' || typeof value === 'boolean') return value
  return makeTensor(binding, value)
}
