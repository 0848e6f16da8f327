/** Ways to choose what is zeroed; the classes of `torch.nn.utils.prune`. */
import {
  IndexError,
  pythonText,
  rand,
  randLike,
  type Tensor,
  TypeError_,
  torchSize,
  ValueError,
} from '@sconce/core'

/**
 * How much to prune: a count from 1 on, a part below. (JavaScript does not tell 1 from 1.0: all of it is
 * the count of the elements.)
 */
export type Amount = number

/** Whether single elements, whole slices along a dim, or a mask of one's own. */
export type PruningType = 'unstructured' | 'structured' | 'global'

function checkAmount(amount: Amount): void {
  if (typeof amount !== 'number')
    throw new TypeError_(`Invalid type for amount: ${amount}. Must be int or float.`)
  if (amount < 0 || (!Number.isInteger(amount) && amount > 1)) {
    throw new ValueError(
      `amount=${pythonText(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    )
  }
}

/** Rounds half to even, as Python. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

/** @throws ValueError for more than there is. */
function countOf(amount: Amount, size: number): number {
  const count = Number.isInteger(amount) ? amount : roundHalfEven(amount * size)
  if (count > size) {
    throw new ValueError(
      `amount=${count} should be smaller than the number of parameters to prune=${size}`,
    )
  }
  return count
}

/** Zeros of the mask at positions of the flattened tensor. */
const withZeros = (mask: Tensor, positions: Tensor): Tensor =>
  mask.reshape([-1]).indexFill(0, positions, 0).view(mask.shape)

/** Ones in the slices along `dim` that are kept. */
function keptSlices(t: Tensor, dim: number, kept: Tensor): Tensor {
  const shape = t.shape.map((_, d) => (d === dim ? -1 : 1))
  return kept.to(t.dtype).view(shape).expand(t.shape).clone()
}

/** A way to choose what is zeroed; the base of one's own. */
export abstract class BasePruningMethod {
  readonly pruningType: PruningType = 'unstructured'

  /** Zeros where `t` is to be pruned, also where `mask` has them; `compute_mask`. */
  abstract computeMask(t: Tensor, mask: Tensor): Tensor

  /** A copy of `t` with zeros; `BasePruningMethod.prune`. */
  prune(t: Tensor, options: { defaultMask?: Tensor; importanceScores?: Tensor } = {}): Tensor {
    const { defaultMask = t.detach().onesLike(), importanceScores = t } = options
    return t.mul(this.computeMask(importanceScores.detach(), defaultMask))
  }
}

/** Prunes nothing. */
export class Identity extends BasePruningMethod {
  override computeMask(_: Tensor, mask: Tensor): Tensor {
    return mask
  }
}

abstract class Unstructured extends BasePruningMethod {
  readonly amount: Amount

  /** @throws ValueError for an amount that makes no sense. */
  constructor(amount: Amount) {
    super()
    checkAmount(amount)
    this.amount = amount
  }

  /** Positions of `count` elements. */
  protected abstract choose(t: Tensor, count: number): Tensor

  override computeMask(t: Tensor, mask: Tensor): Tensor {
    const count = countOf(this.amount, t.numel())
    return count === 0 ? mask.clone() : withZeros(mask, this.choose(t, count))
  }
}

/** Elements at random. */
export class RandomUnstructured extends Unstructured {
  protected override choose(t: Tensor, count: number): Tensor {
    return randLike(t).reshape([-1]).topk(count).indices
  }
}

/** The smallest elements. */
export class L1Unstructured extends Unstructured {
  protected override choose(t: Tensor, count: number): Tensor {
    return t.abs().reshape([-1]).topk(count, { largest: false }).indices
  }
}

/** A method that prunes slices along a dim. */
export abstract class Structured extends BasePruningMethod {
  override readonly pruningType = 'structured'
  readonly amount: Amount
  readonly dim: number

  /** @throws ValueError for an amount that makes no sense. */
  constructor(amount: Amount, dim = -1) {
    super()
    checkAmount(amount)
    this.amount = amount
    this.dim = dim
  }

  /** Ones for the slices that are kept. */
  protected abstract keep(t: Tensor, dim: number, count: number): Tensor

  override computeMask(t: Tensor, mask: Tensor): Tensor {
    if (t.ndim <= 1) {
      throw new ValueError(
        `Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ${torchSize(t.shape)} with ${t.ndim} dims`,
      )
    }
    if (this.dim >= t.ndim)
      throw new IndexError(`Invalid index ${this.dim} for tensor of size ${torchSize(t.shape)}`)
    const dim = this.dim < 0 ? this.dim + t.ndim : this.dim
    const count = countOf(this.amount, t.shape[dim])
    return count === 0 ? mask : keptSlices(t, dim, this.keep(t, dim, count)).mul(mask)
  }
}

/** Slices at random. */
export class RandomStructured extends Structured {
  protected override keep(t: Tensor, dim: number, count: number): Tensor {
    const draws = rand([t.shape[dim]], { device: t.device })
    return draws.gt(draws.kthvalue(count).values)
  }
}

/** The slices with the smallest norms. */
export class LnStructured extends Structured {
  readonly n: number

  /** @throws ValueError for an amount that makes no sense. */
  constructor(amount: Amount, n: number, dim = -1) {
    super(amount, dim)
    this.n = n
  }

  protected override keep(t: Tensor, dim: number, count: number): Tensor {
    const size = t.shape[dim]
    const others = [...t.shape.keys()].filter((d) => d !== dim)
    const kept = t.norm(this.n, others).topk(size - count).indices
    return t.newZeros([size]).indexFill(0, kept, 1)
  }
}

/** What a mask says. */
export class CustomFromMask extends BasePruningMethod {
  override readonly pruningType = 'global'
  readonly mask: Tensor

  constructor(mask: Tensor) {
    super()
    this.mask = mask
  }

  override computeMask(_: Tensor, mask: Tensor): Tensor {
    return mask.mul(this.mask.to(mask.dtype))
  }
}

/** The mask after another method on what is left; PyTorch's `PruningContainer`. */
export function combinedMask(method: BasePruningMethod, t: Tensor, mask: Tensor): Tensor {
  if (method.pruningType === 'global') return method.computeMask(t, mask)
  if (!(method instanceof Structured)) {
    const left = mask.reshape([-1]).eq(1).nonzero().squeeze(1)
    const part = method.computeMask(
      t.reshape([-1]).indexSelect(0, left),
      mask.reshape([-1]).indexSelect(0, left),
    )
    return mask.reshape([-1]).indexCopy(0, left, part).view(mask.shape)
  }
  const dim = method.dim < 0 ? method.dim + t.ndim : method.dim
  const others = [...t.shape.keys()].filter((d) => d !== dim)
  const left = mask.sum(others).ne(0).nonzero().squeeze(1)
  const part = method.computeMask(t.indexSelect(dim, left), mask.indexSelect(dim, left))
  return mask.indexCopy(dim, left, part)
}
