import { empty, type Tensor } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { kaimingUniform_, uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature } from '../signature.ts'

/** Hands its input on, whatever the arguments; `torch.nn.Identity`. */
export class Identity extends Module {
  constructor(..._args: unknown[]) {
    super()
  }

  override forward(input: Tensor): Tensor {
    return input
  }
}

const linear = signature(`Linear(int in_features, int out_features, bool bias=True, ${factory})`)

/** `x·Wᵀ + b` on the last dim; `torch.nn.Linear`. */
export class Linear extends Module {
  inFeatures: number
  outFeatures: number
  weight: Parameter
  bias: Parameter | null

  constructor(...args: ArgumentsOf<typeof linear>) {
    super()
    const { inFeatures, outFeatures, bias, ...place } = linear.bind(args)
    this.inFeatures = inFeatures
    this.outFeatures = outFeatures
    this.weight = new Parameter(empty([outFeatures, inFeatures], place))
    this.bias = bias ? new Parameter(empty([outFeatures], place)) : null
    this.resetParameters()
  }

  resetParameters(): void {
    kaimingUniform_(this.weight, Math.sqrt(5))
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0
    if (this.bias) uniform_(this.bias, -bound, bound)
  }

  override forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias ?? undefined)
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${this.bias ? 'True' : 'False'}`
  }
}

const bilinear = signature(
  `Bilinear(int in1_features, int in2_features, int out_features, bool bias=True, ${factory})`,
)

/** `x₁ᵀ·W·x₂ + b`; `torch.nn.Bilinear`. */
export class Bilinear extends Module {
  readonly in1Features: number
  readonly in2Features: number
  readonly outFeatures: number
  weight: Parameter
  bias: Parameter | null

  constructor(...args: ArgumentsOf<typeof bilinear>) {
    super()
    const { in1Features, in2Features, outFeatures, bias, ...place } = bilinear.bind(args)
    this.in1Features = in1Features
    this.in2Features = in2Features
    this.outFeatures = outFeatures
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], place))
    this.bias = bias ? new Parameter(empty([outFeatures], place)) : null
    this.resetParameters()
  }

  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features)
    uniform_(this.weight, -bound, bound)
    if (this.bias) uniform_(this.bias, -bound, bound)
  }

  override forward(input1: Tensor, input2: Tensor): Tensor {
    return F.bilinear(input1, input2, this.weight, this.bias ?? undefined)
  }

  override extraRepr(): string {
    return `in1_features=${this.in1Features}, in2_features=${this.in2Features}, out_features=${this.outFeatures}, bias=${this.bias ? 'True' : 'False'}`
  }
}
