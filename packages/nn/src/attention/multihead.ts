import { AssertionError, empty, type Tensor } from '@sconce/core'
import { named } from '../arguments.ts'
import { constant_, xavierNormal_, xavierUniform_ } from '../init.ts'
import { Linear } from '../layers/linear.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature } from '../signature.ts'
import { type AttentionOptions, multiHeadAttentionForward } from './attend.ts'

/** The linear map behind an attention, by the name that PyTorch prints. */
export class NonDynamicallyQuantizableLinear extends Linear {}

const attention = signature(
  `MultiheadAttention(int embed_dim, int num_heads, float dropout=0.0, bool bias=True, bool add_bias_kv=False, bool add_zero_attn=False, int kdim=embed_dim, int vdim=embed_dim, bool batch_first=False, ${factory})`,
)

type Rest =
  | [options?: AttentionOptions]
  | [keyPaddingMask: Tensor | null | undefined, options?: AttentionOptions]

/** Attention with several heads; Vaswani et al. (2017); `torch.nn.MultiheadAttention`. */
export class MultiheadAttention extends Module {
  readonly embedDim: number
  readonly kdim: number
  readonly vdim: number
  readonly numHeads: number
  dropout: number
  readonly batchFirst: boolean
  readonly headDim: number
  readonly addZeroAttn: boolean
  declare qProjWeight: Parameter | null
  declare kProjWeight: Parameter | null
  declare vProjWeight: Parameter | null
  declare inProjWeight: Parameter | null
  declare inProjBias: Parameter | null
  declare outProj: NonDynamicallyQuantizableLinear
  declare biasK: Parameter | null
  declare biasV: Parameter | null

  constructor(...args: ArgumentsOf<typeof attention>) {
    super()
    const { embedDim, numHeads, kdim, vdim, bias, addBiasKv, device, dtype, ...rest } =
      attention.bind(args)
    this.embedDim = embedDim
    this.kdim = kdim
    this.vdim = vdim
    this.numHeads = numHeads
    this.dropout = rest.dropout
    this.batchFirst = rest.batchFirst
    this.headDim = Math.floor(embedDim / numHeads)
    this.addZeroAttn = rest.addZeroAttn
    if (this.headDim * numHeads !== embedDim)
      throw new AssertionError('embed_dim must be divisible by num_heads')
    const make = (on: boolean, ...shape: number[]) =>
      on ? new Parameter(empty(shape, { device, dtype })) : null
    const together = kdim === embedDim && vdim === embedDim
    const register = (name: string, property: string, parameter: Parameter | null) =>
      this.registerParameter(name, parameter, property)
    register('q_proj_weight', 'qProjWeight', make(!together, embedDim, embedDim))
    register('k_proj_weight', 'kProjWeight', make(!together, embedDim, kdim))
    register('v_proj_weight', 'vProjWeight', make(!together, embedDim, vdim))
    register('in_proj_weight', 'inProjWeight', make(together, 3 * embedDim, embedDim))
    register('in_proj_bias', 'inProjBias', make(bias, 3 * embedDim))
    const outProj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, {
      bias,
      device,
      dtype,
    })
    this.registerModule('out_proj', outProj, 'outProj')
    register('bias_k', 'biasK', make(addBiasKv, 1, 1, embedDim))
    register('bias_v', 'biasV', make(addBiasKv, 1, 1, embedDim))
    this.resetParameters()
  }

  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight])
      if (weight) xavierUniform_(weight)
    if (this.inProjBias) constant_(this.inProjBias, 0)
    if (this.inProjBias && this.outProj.bias) constant_(this.outProj.bias, 0)
    if (this.biasK) xavierNormal_(this.biasK)
    if (this.biasV) xavierNormal_(this.biasV)
  }

  /**
   * Queries [L, N, E], keys and values [S, N, …] (batch first, or none, as the module is made and called).
   *
   * @returns the output, and the weights, or null with `needWeights: false`
   */
  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ...rest: Rest
  ): [output: Tensor, weights: Tensor | null] {
    const options = named<AttentionOptions>(rest, [
      'keyPaddingMask',
      'needWeights',
      'attnMask',
      'averageAttnWeights',
    ])
    const swap = this.batchFirst && query.ndim === 3
    const q = swap ? query.transpose(0, 1) : query
    // What is the same stays the same, so that it is projected once.
    const inTime = (t: Tensor, of: Tensor, done: Tensor) =>
      t === of ? done : swap ? t.transpose(0, 1) : t
    const k = inTime(key, query, q)
    const v = value === key ? k : inTime(value, query, q)
    const some = (t: Tensor | null) => t ?? undefined
    const [output, weights] = multiHeadAttentionForward(
      q,
      k,
      v,
      this.embedDim,
      this.numHeads,
      {
        inProjWeight: some(this.inProjWeight),
        qProjWeight: some(this.qProjWeight),
        kProjWeight: some(this.kProjWeight),
        vProjWeight: some(this.vProjWeight),
        inProjBias: some(this.inProjBias),
        biasK: some(this.biasK),
        biasV: some(this.biasV),
        outProjWeight: this.outProj.weight,
        outProjBias: some(this.outProj.bias),
      },
      {
        ...options,
        addZeroAttn: this.addZeroAttn,
        dropoutP: this.dropout,
        training: this.training,
      },
    )
    return [swap ? output.transpose(0, 1) : output, weights]
  }
}
