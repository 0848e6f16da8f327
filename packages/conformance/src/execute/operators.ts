/**
 * Python's operators on tensors, as calls of the library: JavaScript has no operators on objects, so
 * this is what their users write instead.
 */
import { type Index, type NestedInput, type Tensor, tensor } from '@sconce/core'
import { isTensor, isTuple } from './arguments.ts'

/** Calls an op by its PyTorch name. */
export type CallOp = (name: string, ...args: unknown[]) => unknown
type Operator = (self: Tensor, other: unknown, call: CallOp) => unknown

const forward =
  (name: string): Operator =>
  (self, other, call) =>
    call(name, self, other)
const reflected =
  (name: string): Operator =>
  (self, other, call) =>
    call(name, other, self)

/** An item of an index as `Tensor.at` takes it: a nested list is a tensor of positions. */
function toIndex(item: unknown, device: string): Index {
  if (Array.isArray(item) && item.some(Array.isArray))
    return tensor(item as NestedInput, { dtype: 'int64', device })
  return item as Index
}

const isItem = (item: unknown): boolean =>
  item === null || typeof item === 'string' || Array.isArray(item) || isTensor(item)

/** The items between Python's brackets. A list counts as a tuple if it holds more than numbers. */
export const toIndices = (key: unknown, device: string): Index[] =>
  Array.isArray(key) && (isTuple(key) || key.some(isItem))
    ? key.map((item) => toIndex(item, device))
    : [toIndex(key, device)]

/** By Python's name; PyTorch defines the reflected ones that are not commutative in `_tensor.py`. */
export const operators: Readonly<Record<string, Operator>> = {
  __add__: forward('add'),
  __sub__: forward('sub'),
  __mul__: forward('mul'),
  __div__: forward('div'),
  __truediv__: forward('div'),
  __floordiv__: forward('floor_divide'),
  __mod__: forward('remainder'),
  __pow__: forward('pow'),
  __matmul__: forward('matmul'),
  __and__: forward('bitwise_and'),
  __or__: forward('bitwise_or'),
  __xor__: forward('bitwise_xor'),
  __lshift__: forward('bitwise_left_shift'),
  __rshift__: forward('bitwise_right_shift'),
  __eq__: forward('eq'),
  __ne__: forward('ne'),
  __lt__: forward('lt'),
  __le__: forward('le'),
  __gt__: forward('gt'),
  __ge__: forward('ge'),
  __radd__: forward('add'),
  __rmul__: forward('mul'),
  __rsub__: forward('rsub'),
  __rand__: forward('bitwise_and'),
  __ror__: forward('bitwise_or'),
  __rxor__: forward('bitwise_xor'),
  __rdiv__: (self, other, call) => call('mul', call('reciprocal', self), other),
  __rtruediv__: (self, other, call) => call('mul', call('reciprocal', self), other),
  __rfloordiv__: reflected('floor_divide'),
  __rmod__: reflected('remainder'),
  // PyTorch makes a tensor of the base first, which has no history.
  __rpow__: (self, other, call) => call('pow', isTensor(other) ? other.detach() : other, self),
  __rmatmul__: reflected('matmul'),
  __rlshift__: reflected('bitwise_left_shift'),
  __rrshift__: reflected('bitwise_right_shift'),
  __neg__: (self, _, call) => call('neg', self),
  __abs__: (self, _, call) => call('abs', self),
  __invert__: (self, _, call) => call('bitwise_not', self),
  __iadd__: (self, other) => self.add_(other as Tensor),
  __isub__: (self, other) => self.sub_(other as Tensor),
  __imul__: (self, other) => self.mul_(other as Tensor),
  __getitem__: (self, key) => self.at(...toIndices(key, self.device)),
}
