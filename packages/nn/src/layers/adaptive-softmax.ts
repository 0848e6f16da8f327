import { cat, RuntimeError, type Tensor, tensor, torchSize, ValueError } from '@sconce/core'
import { ModuleList } from '../containers/module-list.ts'
import { Sequential } from '../containers/sequential.ts'
import { functional as F } from '../functional.ts'
import { Module } from '../module/module.ts'
import { type ArgumentsOf, factory, signature } from '../signature.ts'
import { Linear } from './linear.ts'

function resetLinear(module: Module): void {
  if (module instanceof Linear) module.resetParameters()
}

const adaptive = signature(
  `AdaptiveLogSoftmaxWithLoss(int in_features, int n_classes, int[1] cutoffs, float div_value=4.0, bool head_bias=False, ${factory})`,
)

/**
 * A softmax over many classes, of which the rare ones are in clusters of fewer features; Grave et al. (2017);
 * `torch.nn.AdaptiveLogSoftmaxWithLoss`. Classes are sorted by how frequent they are.
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  readonly inFeatures: number
  readonly nClasses: number
  readonly cutoffs: readonly number[]
  readonly divValue: number
  readonly headBias: boolean
  readonly shortlistSize: number
  readonly nClusters: number
  readonly headSize: number
  head: Linear
  tail: ModuleList<Sequential>

  /** @throws ValueError for cutoffs that are not increasing numbers below `nClasses`. */
  constructor(...args: ArgumentsOf<typeof adaptive>) {
    super()
    const { inFeatures, nClasses, cutoffs, divValue, headBias, ...place } = adaptive.bind(args)
    const increasing = cutoffs.every(
      (c, i) => Number.isInteger(c) && c > (i === 0 ? 0 : cutoffs[i - 1]) && c < nClasses,
    )
    if (!increasing) {
      throw new ValueError(
        'cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1',
      )
    }
    this.inFeatures = inFeatures
    this.nClasses = nClasses
    this.cutoffs = [...cutoffs, nClasses]
    this.divValue = divValue
    this.headBias = headBias
    this.shortlistSize = cutoffs[0]
    this.nClusters = cutoffs.length
    this.headSize = this.shortlistSize + this.nClusters
    this.head = new Linear(inFeatures, this.headSize, { bias: headBias, ...place })
    this.tail = new ModuleList(
      cutoffs.map((cutoff, i) => {
        const width = Math.floor(inFeatures / divValue ** (i + 1))
        return new Sequential(
          new Linear(inFeatures, width, { bias: false, ...place }),
          new Linear(width, this.cutoffs[i + 1] - cutoff, { bias: false, ...place }),
        )
      }),
    )
  }

  resetParameters(): void {
    this.head.resetParameters()
    for (const cluster of this.tail) for (const layer of cluster) resetLinear(layer)
  }

  /**
   * The log-probability of each target, and their mean, negative.
   *
   * @throws RuntimeError in PyTorch's words for shapes that don't fit, and for targets that are no class.
   */
  override forward(input: Tensor, target: Tensor): { output: Tensor; loss: Tensor } {
    const batched = target.ndim === 1
    if (target.ndim > 1)
      throw new RuntimeError('0D or 1D target tensor expected, multi-target not supported')
    if (batched && input.shape[0] !== target.shape[0])
      throw new RuntimeError('Input and target should have the same size in the batch dimension.')
    if (input.ndim !== target.ndim + 1) {
      throw new RuntimeError(
        `${target.ndim}D target tensor expects ${target.ndim + 1}D input tensors, but found inputs with size ${torchSize(input.shape)}`,
      )
    }
    const x = batched ? input : input.unsqueeze(0)
    const classes = Array.from(target.toTypedArray(), Number)
    const bad = classes.some((c) => c < 0 || c >= this.nClasses)
    if (bad) {
      throw new RuntimeError(
        `Target values should be in [0, ${this.nClasses - 1}], but values in range [${Math.min(...classes)}, ${Math.max(...classes)}] were found. `,
      )
    }
    const output = this.chosen(x, classes)
    return { output: batched ? output : output.squeeze(0), loss: output.neg().mean() }
  }

  /** The log-probability of one class for each row; of the clusters only those rows are computed. */
  protected chosen(x: Tensor, classes: readonly number[]): Tensor {
    const { device } = x
    const indices = (list: readonly number[]) => tensor(list, { dtype: 'int32', device })
    const edges = [0, ...this.cutoffs]
    const clusterOf = classes.map((c) => edges.findLastIndex((edge) => edge <= c))
    const entry = classes.map((c, i) =>
      clusterOf[i] === 0 ? c : this.shortlistSize + clusterOf[i] - 1,
    )
    const head = F.logSoftmax(this.head.call(x), 1)
    const shared = head.gather(1, indices(entry).unsqueeze(1)).squeeze(1)
    const own = Array.from(this.tail).flatMap((cluster, k) => {
      const rows = [...classes.keys()].filter((i) => clusterOf[i] === k + 1)
      if (rows.length === 0) return []
      const relative = indices(rows.map((i) => classes[i] - edges[k + 1]))
      const local = F.logSoftmax(cluster.call(x.indexSelect(0, indices(rows))), 1)
      return [{ rows, values: local.gather(1, relative.unsqueeze(1)).squeeze(1) }]
    })
    return own.reduce((sum, { rows, values }) => sum.indexAdd(0, indices(rows), values), shared)
  }

  /** The log-probabilities of all classes; `log_prob`. */
  logProb(input: Tensor): Tensor {
    const head = F.logSoftmax(this.head.call(input), 1)
    const clusters = Array.from(this.tail, (cluster, i) =>
      F.logSoftmax(cluster.call(input), 1).add(head.narrow(1, this.shortlistSize + i, 1)),
    )
    return cat([head.narrow(1, 0, this.shortlistSize), ...clusters], 1)
  }

  /** The likeliest class; `predict`. */
  predict(input: Tensor): Tensor {
    return this.logProb(input).argmax(1)
  }
}
