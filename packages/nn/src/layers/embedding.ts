import { noGrad } from '@sconce/autograd'
import { AssertionError, check, empty, pythonText, type Tensor } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { normal_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature } from '../signature.ts'

/** A padding index counted from the front. @throws AssertionError for one beyond the table. */
function wrapPadding(index: number | undefined, rows: number): number | undefined {
  if (index === undefined) return undefined
  if (index >= rows || index < -rows)
    throw new AssertionError('Padding_idx must be within num_embeddings')
  return index < 0 ? index + rows : index
}

/** A table of vectors, normally distributed but for the row of padding, which is zero. */
function makeTable(
  given: Tensor | undefined,
  shape: readonly [rows: number, width: number],
  padding: number | undefined,
  place: { device?: string; dtype?: Tensor['dtype'] },
): Parameter {
  if (given) {
    check(
      given.shape[0] === shape[0] && given.shape[1] === shape[1],
      () => 'Shape of weight does not match num_embeddings and embedding_dim',
    )
    return new Parameter(given)
  }
  const weight = new Parameter(empty(shape, place))
  resetTable(weight, padding)
  return weight
}

function resetTable(weight: Tensor, padding: number | undefined): void {
  normal_(weight)
  if (padding !== undefined) noGrad(() => weight.select(0, padding).zero_())
}

const embedding = signature(
  `Embedding(int num_embeddings, int embedding_dim, int? padding_idx=None, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, bool sparse=False, Tensor? weight=None, ${factory})`,
)

/** Options of `Embedding.fromPretrained`. */
interface PretrainedOptions {
  /** Whether the table is not trained. Default: true. */
  freeze?: boolean
  paddingIdx?: number
  maxNorm?: number
  normType?: number
  scaleGradByFreq?: boolean
  sparse?: boolean
}

/** What a table that is there is used for. @throws AssertionError for one that is no matrix. */
function pretrained<O extends PretrainedOptions>(
  embeddings: Tensor,
  options: boolean | O,
  more: O,
): { rest: Omit<O, 'freeze'>; freeze: boolean; rows: number; width: number } {
  if (embeddings.ndim !== 2)
    throw new AssertionError('Embeddings parameter is expected to be 2-dimensional')
  const given = typeof options === 'boolean' ? { ...more, freeze: options } : options
  const { freeze = true, ...rest } = given
  const [rows, width] = embeddings.shape
  return { rest, freeze, rows, width }
}

/**
 * Vectors by index; `torch.nn.Embedding`. The row `paddingIdx` gets no gradient; with `maxNorm` rows that
 * are looked up are scaled down in place. Gradients are dense, also with `sparse`.
 */
export class Embedding extends Module {
  readonly numEmbeddings: number
  readonly embeddingDim: number
  readonly paddingIdx: number | undefined
  maxNorm: number | undefined
  normType: number
  scaleGradByFreq: boolean
  sparse: boolean
  weight: Parameter

  constructor(...args: ArgumentsOf<typeof embedding>) {
    super()
    const { numEmbeddings, embeddingDim, paddingIdx, device, dtype, ...options } =
      embedding.bind(args)
    this.numEmbeddings = numEmbeddings
    this.embeddingDim = embeddingDim
    this.paddingIdx = wrapPadding(paddingIdx, numEmbeddings)
    this.maxNorm = options.maxNorm
    this.normType = options.normType
    this.scaleGradByFreq = options.scaleGradByFreq
    this.sparse = options.sparse
    this.weight = makeTable(options.weight, [numEmbeddings, embeddingDim], this.paddingIdx, {
      device,
      dtype,
    })
  }

  /** An embedding with a table that is there; `Embedding.from_pretrained`. */
  static fromPretrained(
    embeddings: Tensor,
    options: boolean | PretrainedOptions = {},
    more: PretrainedOptions = {},
  ): Embedding {
    const { rest, freeze, rows, width } = pretrained(embeddings, options, more)
    const made = new Embedding(rows, width, { weight: embeddings, ...rest })
    made.weight.requiresGrad_(!freeze)
    return made
  }

  resetParameters(): void {
    resetTable(this.weight, this.paddingIdx)
  }

  override forward(input: Tensor): Tensor {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse } = this
    return F.embedding(input, this.weight, {
      paddingIdx,
      maxNorm,
      normType,
      scaleGradByFreq,
      sparse,
    })
  }

  override extraRepr(): string {
    return embedding.describe(
      this,
      ':num_embeddings, :embedding_dim, padding_idx?, max_norm?, norm_type?, scale_grad_by_freq?, sparse?',
    )
  }
}

const embeddingBag = signature(
  `EmbeddingBag(int num_embeddings, int embedding_dim, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, str mode='mean', bool sparse=False, Tensor? weight=None, bool include_last_offset=False, int? padding_idx=None, ${factory})`,
)

/** `offsets` and `per_sample_weights` by name. */
interface BagOptions {
  offsets?: Tensor
  perSampleWeights?: Tensor
}

const isOptions = (value: Tensor | BagOptions | undefined): value is BagOptions =>
  value !== undefined && !('storage' in value)

/** Options of `EmbeddingBag.fromPretrained`. */
interface PretrainedBagOptions extends PretrainedOptions {
  mode?: string
  includeLastOffset?: boolean
}

/** Sums, means or maxima of bags of vectors; `torch.nn.EmbeddingBag`. */
export class EmbeddingBag extends Module {
  readonly numEmbeddings: number
  readonly embeddingDim: number
  readonly paddingIdx: number | undefined
  maxNorm: number | undefined
  normType: number
  scaleGradByFreq: boolean
  mode: string
  sparse: boolean
  includeLastOffset: boolean
  weight: Parameter

  constructor(...args: ArgumentsOf<typeof embeddingBag>) {
    super()
    const { numEmbeddings, embeddingDim, paddingIdx, device, dtype, ...options } =
      embeddingBag.bind(args)
    this.numEmbeddings = numEmbeddings
    this.embeddingDim = embeddingDim
    this.paddingIdx = wrapPadding(paddingIdx, numEmbeddings)
    this.maxNorm = options.maxNorm
    this.normType = options.normType
    this.scaleGradByFreq = options.scaleGradByFreq
    this.mode = options.mode
    this.sparse = options.sparse
    this.includeLastOffset = options.includeLastOffset
    this.weight = makeTable(options.weight, [numEmbeddings, embeddingDim], this.paddingIdx, {
      device,
      dtype,
    })
  }

  /** Bags of vectors of a table that is there; `EmbeddingBag.from_pretrained`. */
  static fromPretrained(
    embeddings: Tensor,
    options: boolean | PretrainedBagOptions = {},
    more: PretrainedBagOptions = {},
  ): EmbeddingBag {
    const { rest, freeze, rows, width } = pretrained(embeddings, options, more)
    const made = new EmbeddingBag(rows, width, { weight: embeddings, ...rest })
    made.weight.requiresGrad_(!freeze)
    return made
  }

  resetParameters(): void {
    resetTable(this.weight, this.paddingIdx)
  }

  /** Bags are the rows of a matrix, or begin at `offsets` in a vector. */
  override forward(
    input: Tensor,
    offsets?: Tensor | BagOptions,
    perSampleWeights?: Tensor | BagOptions,
  ): Tensor {
    const named = isOptions(offsets) ? offsets : isOptions(perSampleWeights) ? perSampleWeights : {}
    return F.embeddingBag(input, this.weight, {
      offsets: isOptions(offsets) ? offsets.offsets : (offsets ?? named.offsets),
      maxNorm: this.maxNorm,
      normType: this.normType,
      scaleGradByFreq: this.scaleGradByFreq,
      mode: this.mode,
      sparse: this.sparse,
      perSampleWeights: isOptions(perSampleWeights)
        ? perSampleWeights.perSampleWeights
        : (perSampleWeights ?? named.perSampleWeights),
      includeLastOffset: this.includeLastOffset,
      paddingIdx: this.paddingIdx,
    })
  }

  override extraRepr(): string {
    const printed = embeddingBag.describe(
      this,
      ':num_embeddings, :embedding_dim, max_norm?, norm_type?, scale_grad_by_freq?',
    )
    const padding =
      this.paddingIdx === undefined ? '' : `, padding_idx=${pythonText(this.paddingIdx)}`
    return `${printed}, mode=${this.mode}${padding}`
  }
}
