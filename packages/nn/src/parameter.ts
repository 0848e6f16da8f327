import { empty, Tensor } from '@sconce/core'

const brand: unique symbol = Symbol.for('sconce.parameter')

/**
 * A tensor that is a parameter of the module that it is a property of; `torch.nn.Parameter`. It has the
 * elements of `data`, without its history.
 */
export class Parameter extends Tensor {
  constructor(
    data: Tensor = empty([0]),
    requiresGrad: boolean | { requiresGrad?: boolean } = true,
  ) {
    super(data.storage, data.shape, data.strides, data.offset, data.version)
    const on =
      typeof requiresGrad === 'boolean' ? requiresGrad : (requiresGrad.requiresGrad ?? true)
    if (on) this.requiresGrad_()
  }

  get [brand](): true {
    return true
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`
  }
}

/** Told by a symbol, so that parameters of another copy of the library are recognised too. */
export const isParameter = (value: unknown): value is Parameter =>
  typeof value === 'object' && value !== null && brand in value

/** A parameter whose shape is not known yet; `torch.nn.UninitializedParameter`. */
export class UninitializedParameter extends Parameter {
  /** Makes it a parameter of that shape, with unspecified elements. */
  materialize(shape: readonly number[]): void {
    const { dtype, device } = this
    this.setData(empty(shape, { dtype, device }))
    Object.setPrototypeOf(this, Parameter.prototype)
  }

  override toString(): string {
    return '<UninitializedParameter>'
  }
}
