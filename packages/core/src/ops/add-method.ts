import { Tensor } from '../tensor.ts'

/** Gives all tensors a method; its type is declared in `TensorMethods`. */
export function addMethod(name: string, value: unknown): void {
  Object.defineProperty(Tensor.prototype, name, { configurable: true, writable: true, value })
}
