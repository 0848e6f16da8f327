import { nn, type Tensor } from 'sconce'

const { gelu, maxPool2d } = nn.functional

/** Convolutions, batch norm, pooling. */
export class Picture extends nn.Module {
  conv = new nn.Conv2d(2, 4, 3, { padding: 1, stride: 2 })
  norm = new nn.BatchNorm2d(4)
  deep = new nn.Conv2d(4, 6, 3, { groups: 2, bias: false })
  out = new nn.Linear(24, 3)

  override forward(x: Tensor): Tensor {
    const deep = this.deep.call(this.norm.call(this.conv.call(x)).relu())
    return this.out.call(maxPool2d(deep, 2).flatten(1))
  }
}

/** Linear layers, layer norm, smooth activations. */
export class Rows extends nn.Module {
  hidden = new nn.Linear(5, 16)
  norm = new nn.LayerNorm(16)
  out = new nn.Linear(16, 3)

  override forward(x: Tensor): Tensor {
    return this.out.call(gelu(this.norm.call(this.hidden.call(x)).tanh()))
  }
}

/** A model that both sides can make; python/models.py is the other one. */
export interface Exchanged {
  make(): nn.Layer
  readonly inputShape: readonly number[]
}

export const models = {
  picture: { make: () => new Picture(), inputShape: [6, 2, 12, 12] },
  rows: { make: () => new Rows(), inputShape: [6, 5] },
} as const satisfies Record<string, Exchanged>

export type ModelName = keyof typeof models
