import { acc, dtypes, input } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import { reduceTo } from '../kernel-call.ts'
import { type Scalar, scalarKind } from '../scalar.ts'
import type { Tensor } from '../tensor.ts'

// Checks on the values of arguments that PyTorch makes in pointwise ops.

const isTensor = (x: unknown): x is Tensor => typeof x === 'object' && x !== null && 'storage' in x

const isBool = (x: unknown): boolean => (isTensor(x) ? x.dtype === 'bool' : typeof x === 'boolean')

const isIntegral = (x: unknown): boolean =>
  isTensor(x) ? dtypes[x.dtype].kind !== 'float' : scalarKind(x as Scalar) !== 'float'

/** Bools can't be subtracted. */
export function checkSubtraction([self, other]: readonly unknown[]): void {
  check(
    !(isBool(self) && isBool(other)),
    () =>
      'Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.',
  )
  check(
    !isBool(self) && !isBool(other),
    () =>
      'Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
  )
}

const anyZero = (t: Tensor): boolean => {
  const zero = input(0, t.dtype).eq(0)
  const dims = [...t.shape.keys()]
  const found = reduceTo([{ op: 'any', value: zero }], [acc(0, 'bool')], [t], dims, false)[0]
  return Boolean(found.item())
}

/** Integers can't be divided by 0. Seen only where the device's memory is the host's. */
export function checkDivisor([self, other]: readonly unknown[]): void {
  if (!isIntegral(self) || !isIntegral(other)) return
  const zero = isTensor(other)
    ? other.storage.device.backend.info.readSync === 'free' && other.numel() > 0 && anyZero(other)
    : Number(other) === 0
  if (zero && isTensor(self) && self.numel() > 0) throw new RuntimeError('ZeroDivisionError')
}

/** An integer to a negative integer power is no integer. */
export function checkExponent([self, exponent]: readonly unknown[]): void {
  if (!isIntegral(self) || isTensor(exponent) || !isIntegral(exponent)) return
  check(Number(exponent) >= 0, () => 'Integers to negative integer powers are not allowed.')
}
