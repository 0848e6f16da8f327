import { acc, dtypes, input } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import { reduceTo } from '../kernel-call.ts'
import { typeNames } from '../random/dtype-limits.ts'
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

/** A factor, `alpha` or `beta`, is a bool only among bools, a float only among floats. */
export function checkFactor(name: string, factor: unknown, terms: readonly unknown[]): void {
  check(
    typeof factor !== 'boolean' || terms.every(isBool),
    () => `Boolean ${name} only supported for Boolean results.`,
  )
  check(
    !terms.every(isIntegral) || isIntegral(factor),
    () => `For integral input tensors, argument ${name} must not be a floating point number.`,
  )
}

export function checkAlpha([self, other, alpha]: readonly unknown[]): void {
  if (alpha !== undefined) checkFactor('alpha', alpha, [self, other])
}

/** A rounding mode is one of those that there are. */
export function checkRounding([, , mode]: readonly unknown[]): void {
  check(
    mode === undefined || mode === 'trunc' || mode === 'floor',
    () => `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${mode}'`,
  )
}

/** `addcdiv` doesn't divide integers. */
export function checkQuotient([, a, b]: readonly unknown[]): void {
  check(
    !isIntegral(a) || !isIntegral(b),
    () =>
      'Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.',
  )
}

/** `lerp` is between floats of one dtype. */
export function checkLerp([self, end, weight]: readonly unknown[]): void {
  const { dtype } = self as Tensor
  for (const [name, t] of [
    ['end', end],
    ['weight', weight],
  ] as const) {
    check(
      !isTensor(t) || t.dtype === dtype,
      () =>
        `expected dtype ${typeNames[dtype]} for \`${name}\` but got dtype ${typeNames[(t as Tensor).dtype]}`,
    )
  }
  check(
    !isIntegral(self),
    () =>
      `"lerp_kernel_${isTensor(weight) ? 'tensor' : 'scalar'}" not implemented for '${dtypes[dtype].scalarType}'`,
  )
}
