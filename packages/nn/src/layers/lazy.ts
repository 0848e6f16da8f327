/**
 * Modules that learn the size of their input from the first one, when they become what they are lazy for;
 * `torch.nn.LazyLinear` and so on.
 */
import { noGrad } from '@sconce/autograd'
import { ones, RuntimeError, sizes, Tensor, zeros } from '@sconce/core'
import type { LoadStateDictPreHook } from '../module/hooks.ts'
import { type Parameter, UninitializedParameter } from '../parameter.ts'
import {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  type NormBase,
} from './batch-norm.ts'
import {
  Conv1d,
  Conv2d,
  Conv3d,
  type ConvNd,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type OutputSize,
} from './conv.ts'
import { Linear } from './linear.ts'

/**
 * What waits for a shape gets that of a state that is loaded: parameters, and running statistics of no
 * features. PyTorch's `_lazy_load_hook`.
 */
const takeShapes: LoadStateDictPreHook = (module, state, prefix) => {
  for (const [name, parameter] of module.ownParameters()) {
    const given = state.get(prefix + name)
    if (given instanceof Tensor) materialize(parameter, given.shape)
  }
  for (const [name, buffer] of module.ownBuffers()) {
    const given = state.get(prefix + name)
    if (given instanceof Tensor && buffer.numel() === 0 && buffer.ndim === 1)
      buffer.setData(buffer.newZeros(given.shape))
  }
}

const materialize = (parameter: Parameter | null, shape: readonly number[]): boolean => {
  if (!(parameter instanceof UninitializedParameter)) return false
  parameter.materialize(shape)
  return true
}

const waiting = (like: Parameter): UninitializedParameter =>
  new UninitializedParameter(zeros([0], { dtype: like.dtype, device: like.device }))

type Options = ConstructorParameters<typeof Linear>[2]

/** `Linear` with as many inputs as come. */
export class LazyLinear extends Linear {
  constructor(outFeatures: number, options: Options = {}) {
    const given = typeof options === 'object' ? options : { bias: options }
    super(0, outFeatures, { ...given, bias: false })
    this.weight = waiting(this.weight)
    if (given.bias ?? true) this.bias = waiting(this.weight)
    this.registerLoadStateDictPreHook(takeShapes)
  }

  override forward(input: Tensor): Tensor {
    const { weight, bias, outFeatures } = this
    this.inFeatures = input.shape[input.ndim - 1]
    const isNew = materialize(weight, [outFeatures, this.inFeatures])
    materialize(bias, [outFeatures])
    if (isNew) this.resetParameters()
    Object.setPrototypeOf(this, Linear.prototype)
    return super.forward(input)
  }
}

/** Makes a convolution wait for its channels. */
function awaitChannels(module: ConvNd): void {
  module.weight = waiting(module.weight)
  if (module.bias) module.bias = waiting(module.bias)
  module.registerLoadStateDictPreHook(takeShapes)
}

/** Takes the channels of an input. @throws RuntimeError for an input of another rank. */
function takeChannels(module: ConvNd, input: Tensor): void {
  const rank = module.kernelSize.length
  if (input.ndim !== rank + 1 && input.ndim !== rank + 2) {
    throw new RuntimeError(
      `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${module.constructor.name}, but got input of size: ${sizes(input.shape)}`,
    )
  }
  module.inChannels = input.shape[input.ndim - rank - 1]
  const isNew = materialize(module.weight, module.weightShape())
  materialize(module.bias, [module.outChannels])
  if (isNew) module.resetParameters()
}

/** The arguments of a constructor behind the first one. */
type Behind<C extends abstract new (...args: never[]) => unknown> =
  ConstructorParameters<C> extends infer T
    ? T extends readonly [unknown, ...infer R]
      ? R
      : never
    : never

/** `Conv1d` of as many channels as come. */
export class LazyConv1d extends Conv1d {
  constructor(...args: Behind<typeof Conv1d>) {
    super(...([0, ...args] as ConstructorParameters<typeof Conv1d>))
    awaitChannels(this)
  }

  override forward(input: Tensor): Tensor {
    takeChannels(this, input)
    Object.setPrototypeOf(this, Conv1d.prototype)
    return super.forward(input)
  }
}

/** `Conv2d` of as many channels as come. */
export class LazyConv2d extends Conv2d {
  constructor(...args: Behind<typeof Conv2d>) {
    super(...([0, ...args] as ConstructorParameters<typeof Conv2d>))
    awaitChannels(this)
  }

  override forward(input: Tensor): Tensor {
    takeChannels(this, input)
    Object.setPrototypeOf(this, Conv2d.prototype)
    return super.forward(input)
  }
}

/** `Conv3d` of as many channels as come. */
export class LazyConv3d extends Conv3d {
  constructor(...args: Behind<typeof Conv3d>) {
    super(...([0, ...args] as ConstructorParameters<typeof Conv3d>))
    awaitChannels(this)
  }

  override forward(input: Tensor): Tensor {
    takeChannels(this, input)
    Object.setPrototypeOf(this, Conv3d.prototype)
    return super.forward(input)
  }
}

/** `ConvTranspose1d` of as many channels as come. */
export class LazyConvTranspose1d extends ConvTranspose1d {
  constructor(...args: Behind<typeof ConvTranspose1d>) {
    super(...([0, ...args] as ConstructorParameters<typeof ConvTranspose1d>))
    awaitChannels(this)
  }

  override forward(input: Tensor, outputSize?: OutputSize): Tensor {
    takeChannels(this, input)
    Object.setPrototypeOf(this, ConvTranspose1d.prototype)
    return super.forward(input, outputSize)
  }
}

/** `ConvTranspose2d` of as many channels as come. */
export class LazyConvTranspose2d extends ConvTranspose2d {
  constructor(...args: Behind<typeof ConvTranspose2d>) {
    super(...([0, ...args] as ConstructorParameters<typeof ConvTranspose2d>))
    awaitChannels(this)
  }

  override forward(input: Tensor, outputSize?: OutputSize): Tensor {
    takeChannels(this, input)
    Object.setPrototypeOf(this, ConvTranspose2d.prototype)
    return super.forward(input, outputSize)
  }
}

/** `ConvTranspose3d` of as many channels as come. */
export class LazyConvTranspose3d extends ConvTranspose3d {
  constructor(...args: Behind<typeof ConvTranspose3d>) {
    super(...([0, ...args] as ConstructorParameters<typeof ConvTranspose3d>))
    awaitChannels(this)
  }

  override forward(input: Tensor, outputSize?: OutputSize): Tensor {
    takeChannels(this, input)
    Object.setPrototypeOf(this, ConvTranspose3d.prototype)
    return super.forward(input, outputSize)
  }
}

/** Makes a norm wait for its features: one of none has empty parameters. */
function awaitFeatures(module: NormBase): void {
  if (module.weight) module.weight = waiting(module.weight)
  if (module.bias) module.bias = waiting(module.bias)
  module.registerLoadStateDictPreHook(takeShapes)
}

/** Takes the features of an input. */
function takeFeatures(module: NormBase, count: number): void {
  module.numFeatures = count
  noGrad(() => {
    if (materialize(module.weight, [count])) module.weight?.fill_(1)
    if (materialize(module.bias, [count])) module.bias?.zero_()
    const { runningMean, runningVar } = module
    if (runningMean?.numel() === 0) runningMean.setData(runningMean.newZeros([count]))
    if (runningVar?.numel() === 0)
      runningVar.setData(ones([count], { dtype: runningVar.dtype, device: runningVar.device }))
  })
}

/** `BatchNorm1d` of as many features as come. */
export class LazyBatchNorm1d extends BatchNorm1d {
  constructor(...args: Behind<typeof BatchNorm1d>) {
    super(...([0, ...args] as ConstructorParameters<typeof BatchNorm1d>))
    awaitFeatures(this)
  }

  override forward(input: Tensor): Tensor {
    takeFeatures(this, input.shape[1])
    Object.setPrototypeOf(this, BatchNorm1d.prototype)
    return super.forward(input)
  }
}

/** `BatchNorm2d` of as many features as come. */
export class LazyBatchNorm2d extends BatchNorm2d {
  constructor(...args: Behind<typeof BatchNorm2d>) {
    super(...([0, ...args] as ConstructorParameters<typeof BatchNorm2d>))
    awaitFeatures(this)
  }

  override forward(input: Tensor): Tensor {
    takeFeatures(this, input.shape[1])
    Object.setPrototypeOf(this, BatchNorm2d.prototype)
    return super.forward(input)
  }
}

/** `BatchNorm3d` of as many features as come. */
export class LazyBatchNorm3d extends BatchNorm3d {
  constructor(...args: Behind<typeof BatchNorm3d>) {
    super(...([0, ...args] as ConstructorParameters<typeof BatchNorm3d>))
    awaitFeatures(this)
  }

  override forward(input: Tensor): Tensor {
    takeFeatures(this, input.shape[1])
    Object.setPrototypeOf(this, BatchNorm3d.prototype)
    return super.forward(input)
  }
}

/** `InstanceNorm1d` of as many features as come. */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  constructor(...args: Behind<typeof InstanceNorm1d>) {
    super(...([0, ...args] as ConstructorParameters<typeof InstanceNorm1d>))
    awaitFeatures(this)
  }

  override forward(input: Tensor): Tensor {
    takeFeatures(this, input.shape[input.ndim - 2])
    Object.setPrototypeOf(this, InstanceNorm1d.prototype)
    return super.forward(input)
  }
}

/** `InstanceNorm2d` of as many features as come. */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  constructor(...args: Behind<typeof InstanceNorm2d>) {
    super(...([0, ...args] as ConstructorParameters<typeof InstanceNorm2d>))
    awaitFeatures(this)
  }

  override forward(input: Tensor): Tensor {
    takeFeatures(this, input.shape[input.ndim - 3])
    Object.setPrototypeOf(this, InstanceNorm2d.prototype)
    return super.forward(input)
  }
}

/** `InstanceNorm3d` of as many features as come. */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  constructor(...args: Behind<typeof InstanceNorm3d>) {
    super(...([0, ...args] as ConstructorParameters<typeof InstanceNorm3d>))
    awaitFeatures(this)
  }

  override forward(input: Tensor): Tensor {
    takeFeatures(this, input.shape[input.ndim - 4])
    Object.setPrototypeOf(this, InstanceNorm3d.prototype)
    return super.forward(input)
  }
}
