/** Operators on tensors. PyTorch defines the reflected ones in `_tensor.py`. */
import { isScalar, resultType, Tensor, tensor } from '@sconce/core'
import type { BinaryOperator, CompareOperator, UnaryOperator } from '../host.ts'
import type { Foreign, Value } from '../values/value.ts'
import type { Binding } from './binding.ts'
import { callTorch, tensorMethod } from './calls.ts'
import { SCALARS, toHost } from './convert.ts'

const BINARY: { [op in BinaryOperator]: string } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '//': 'floor_divide',
  '%': 'remainder',
  '**': 'pow',
  '@': 'matmul',
  '<<': 'bitwise_left_shift',
  '>>': 'bitwise_right_shift',
  '&': 'bitwise_and',
  '|': 'bitwise_or',
  '^': 'bitwise_xor',
}

const COMPARISONS: { [op in CompareOperator]: string } = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
}

const UNARY: { [op in UnaryOperator]: string } = { '-': 'neg', '+': 'positive', '~': 'bitwise_not' }

const isNumber = (value: Value): value is number | bigint | boolean =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'

const isOperand = (value: Value): boolean => value instanceof Tensor || isNumber(value)

type Reflected = (binding: Binding, self: Tensor, other: Value) => Value

/** The number as a tensor of the dtype that the result will have, in front. */
const asTensor =
  (name: string): Reflected =>
  (binding, self, other) => {
    const scalar = toHost(binding, other, SCALARS)
    if (!isScalar(scalar)) return callTorch(binding, name, [other, self])
    const dtype = resultType([scalar, self])
    return callTorch(binding, name, [tensor(scalar, { dtype, device: self.device }), self])
  }

const swapped =
  (name: string): Reflected =>
  (binding, self, other) =>
    callTorch(binding, name, [self, other])

const REFLECTED: { [op in BinaryOperator]: Reflected } = {
  '+': swapped('add'),
  '*': swapped('mul'),
  '&': swapped('bitwise_and'),
  '|': swapped('bitwise_or'),
  '^': swapped('bitwise_xor'),
  '-': swapped('rsub'),
  '/': (binding, self, other) =>
    callTorch(binding, 'mul', [callTorch(binding, 'reciprocal', [self]), other]),
  '//': asTensor('floor_divide'),
  '%': asTensor('remainder'),
  '**': asTensor('pow'),
  '@': asTensor('matmul'),
  '<<': asTensor('bitwise_left_shift'),
  '>>': asTensor('bitwise_right_shift'),
}

export function binary(
  binding: Binding,
  op: BinaryOperator,
  left: Value,
  right: Value,
): Value | undefined {
  if (!isOperand(left) || !isOperand(right)) return undefined
  if (left instanceof Tensor) return callTorch(binding, BINARY[op], [left, right])
  return right instanceof Tensor ? REFLECTED[op](binding, right, left) : undefined
}

export function inplace(
  binding: Binding,
  op: BinaryOperator,
  target: Foreign,
  value: Value,
): Value | undefined {
  if (!(target instanceof Tensor) || !isOperand(value)) return undefined
  return tensorMethod(binding, `${BINARY[op]}_`)?.call([target, value])
}

export const unary = (binding: Binding, op: UnaryOperator, operand: Foreign): Value =>
  callTorch(binding, UNARY[op], [operand])

export function compare(
  binding: Binding,
  op: CompareOperator,
  left: Value,
  right: Value,
): Value | undefined {
  if (!isOperand(left) || !isOperand(right)) return undefined
  if (left instanceof Tensor) return callTorch(binding, COMPARISONS[op], [left, right])
  const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const
  return callTorch(binding, COMPARISONS[mirrored[op]], [right, left])
}
