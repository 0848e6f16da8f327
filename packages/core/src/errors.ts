import { SconceError } from '@sconce/backend'

/** Errors that Python has as classes of their own; `name` is Python's. */
export class RuntimeError extends SconceError {}
export class TypeError_ extends SconceError {
  static override errorName = 'TypeError'
}
export class ValueError extends SconceError {
  static override errorName = 'ValueError'
}
export class IndexError extends SconceError {
  static override errorName = 'IndexError'
}
export class KeyError extends SconceError {
  static override errorName = 'KeyError'
}
export class AttributeError extends SconceError {
  static override errorName = 'AttributeError'
}
export class AssertionError extends SconceError {
  static override errorName = 'AssertionError'
}
export class NotImplementedError extends SconceError {
  static override errorName = 'NotImplementedError'
}

/** PyTorch's TORCH_CHECK: throws a RuntimeError unless the condition holds. */
export function check(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new RuntimeError(message())
}

/** PyTorch's form of a shape in messages: `[2, 3]`. */
export const sizes = (shape: readonly number[]): string => `[${shape.join(', ')}]`
