/** The transformer; Vaswani et al. (2017). */
import { full, RuntimeError, type Tensor } from '@sconce/core'
import { named } from '../arguments.ts'
import { ModuleList } from '../containers/module-list.ts'
import { functional as F } from '../functional.ts'
import { xavierUniform_ } from '../init.ts'
import { Dropout } from '../layers/dropout.ts'
import { Linear } from '../layers/linear.ts'
import { LayerNorm } from '../layers/norm.ts'
import { isModule, type Layer, Module } from '../module/module.ts'
import { type Arguments, factory, signature, type Values } from '../signature.ts'
import { MultiheadAttention } from './multihead.ts'

/** What stands between the linear maps: `'relu'`, `'gelu'`, a function or a module. */
export type Activation = 'relu' | 'gelu' | ((x: Tensor) => Tensor) | Layer

interface WithActivation {
  activation?: Activation
}

const gelu = (x: Tensor): Tensor => F.gelu(x)

/** @throws RuntimeError for an unknown name. */
function activationOf(given: Activation): ((x: Tensor) => Tensor) | Layer {
  if (given === 'relu') return F.relu
  if (given === 'gelu') return gelu
  if (typeof given === 'string')
    throw new RuntimeError(`activation should be relu/gelu, not ${given}`)
  return given
}

const options =
  `float layer_norm_eps=1e-05, bool batch_first=False, bool norm_first=False, ${factory}` as const
const layerText =
  `Layer(int d_model, int nhead, int dim_feedforward=2048, float dropout=0.1, str activation='relu', ${options})` as const
const layerArguments = signature(layerText)

/** Arguments where the activation is a name, or anything that stands for one. */
type LayerArguments =
  | Arguments<typeof layerText>
  | [
      dModel: number,
      nhead: number,
      options: Partial<Omit<Values<typeof layerText>, 'activation'>> & WithActivation,
    ]

/** What is the same in layers of encoders and decoders. */
abstract class TransformerLayer extends Module {
  // Declared only: modules are listed in the order in which they are made.
  declare selfAttn: MultiheadAttention
  declare multiheadAttn: MultiheadAttention
  declare linear1: Linear
  declare dropout: Dropout
  declare linear2: Linear
  readonly normFirst: boolean
  declare norm1: LayerNorm
  declare norm2: LayerNorm
  declare norm3: LayerNorm
  declare dropout1: Dropout
  declare dropout2: Dropout
  declare dropout3: Dropout
  activation: ((x: Tensor) => Tensor) | Layer

  constructor(args: LayerArguments, decodes: boolean) {
    super()
    const given = layerArguments.bind(args)
    const { dModel, nhead, dimFeedforward, layerNormEps, device, dtype } = given
    const place = { device, dtype }
    const attention = () =>
      new MultiheadAttention(dModel, nhead, {
        dropout: given.dropout,
        batchFirst: given.batchFirst,
        ...place,
      })
    const norm = () => new LayerNorm(dModel, { eps: layerNormEps, ...place })
    this.registerModule('self_attn', attention(), 'selfAttn')
    if (decodes) this.registerModule('multihead_attn', attention(), 'multiheadAttn')
    this.linear1 = new Linear(dModel, dimFeedforward, place)
    this.dropout = new Dropout(given.dropout)
    this.linear2 = new Linear(dimFeedforward, dModel, place)
    this.normFirst = given.normFirst
    this.norm1 = norm()
    this.norm2 = norm()
    if (decodes) this.norm3 = norm()
    this.dropout1 = new Dropout(given.dropout)
    this.dropout2 = new Dropout(given.dropout)
    if (decodes) this.dropout3 = new Dropout(given.dropout)
    // The name is a string as far as the signature goes.
    this.activation = activationOf(given.activation as Activation)
  }

  /** Attention to a sequence, then dropout. */
  protected attend(
    attention: MultiheadAttention,
    dropout: Dropout,
    x: Tensor,
    source: Tensor,
    attnMask: Tensor | null | undefined,
    keyPaddingMask: Tensor | null | undefined,
  ): Tensor {
    const masks = { attnMask, keyPaddingMask, needWeights: false }
    return dropout.call(attention.call(x, source, source, masks)[0])
  }

  /** The two linear maps. */
  protected feed(x: Tensor, dropout: Dropout): Tensor {
    const { activation } = this
    const hidden = this.linear1.call(x)
    const active = isModule(activation) ? activation.call(hidden) : activation(hidden)
    return dropout.call(this.linear2.call(this.dropout.call(active)))
  }

  /** A part, with what it is added to and the norm before or behind. */
  protected residual(x: Tensor, norm: LayerNorm, part: (x: Tensor) => Tensor): Tensor {
    return this.normFirst ? x.add(part(norm.call(x))) : norm.call(x.add(part(x)))
  }
}

/** Masks of an encoder's layer. */
export interface EncoderLayerMasks {
  srcMask?: Tensor | null
  srcKeyPaddingMask?: Tensor | null
}

type Masks<T> = [masks?: T] | [mask: Tensor | null | undefined, masks?: T]

/** Attention to itself and two linear maps; `torch.nn.TransformerEncoderLayer`. */
export class TransformerEncoderLayer extends TransformerLayer {
  constructor(...args: LayerArguments) {
    super(args, false)
  }

  override forward(src: Tensor, ...rest: Masks<EncoderLayerMasks>): Tensor {
    const { srcMask, srcKeyPaddingMask } = named<EncoderLayerMasks>(rest, [
      'srcMask',
      'srcKeyPaddingMask',
    ])
    const attended = this.residual(src, this.norm1, (x) =>
      this.attend(this.selfAttn, this.dropout1, x, x, srcMask, srcKeyPaddingMask),
    )
    return this.residual(attended, this.norm2, (x) => this.feed(x, this.dropout2))
  }
}

/** Masks of a decoder, and of its layers. */
export interface DecoderMasks {
  tgtMask?: Tensor | null
  memoryMask?: Tensor | null
  tgtKeyPaddingMask?: Tensor | null
  memoryKeyPaddingMask?: Tensor | null
}

const decoderMasks = ['tgtMask', 'memoryMask', 'tgtKeyPaddingMask', 'memoryKeyPaddingMask'] as const

/** Attention to itself and to the encoder's output, and two linear maps; `torch.nn.TransformerDecoderLayer`. */
export class TransformerDecoderLayer extends TransformerLayer {
  constructor(...args: LayerArguments) {
    super(args, true)
  }

  override forward(tgt: Tensor, memory: Tensor, ...rest: Masks<DecoderMasks>): Tensor {
    const masks = named<DecoderMasks>(rest, decoderMasks)
    const own = this.residual(tgt, this.norm1, (x) =>
      this.attend(this.selfAttn, this.dropout1, x, x, masks.tgtMask, masks.tgtKeyPaddingMask),
    )
    const attended = this.residual(own, this.norm2, (x) =>
      this.attend(
        this.multiheadAttn,
        this.dropout2,
        x,
        memory,
        masks.memoryMask,
        masks.memoryKeyPaddingMask,
      ),
    )
    return this.residual(attended, this.norm3, (x) => this.feed(x, this.dropout3))
  }
}

/** Copies of a layer, each with parameters of its own, one after the other, and a norm behind. */
abstract class LayerStack<L extends Module> extends Module {
  layers: ModuleList<L>
  readonly numLayers: number
  norm: Layer | null

  constructor(layer: L, numLayers: number, norm?: Layer | null | { norm?: Layer | null }) {
    super()
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => layer.clone()))
    this.numLayers = numLayers
    this.norm = isModule(norm) ? norm : (norm?.norm ?? null)
  }

  /** What comes of the last layer, normalised where there is a norm. */
  protected finished(output: Tensor): Tensor {
    return this.norm ? this.norm.call(output) : output
  }
}

/** Masks of an encoder. */
export interface EncoderMasks {
  mask?: Tensor | null
  srcKeyPaddingMask?: Tensor | null
}

type EncoderLayer = Module & {
  forward(src: Tensor, masks?: EncoderLayerMasks): Tensor
}
type DecoderLayer = Module & {
  forward(tgt: Tensor, memory: Tensor, masks?: DecoderMasks): Tensor
}

/** Layers one after the other, and a norm behind; `torch.nn.TransformerEncoder`. The layer is copied. */
export class TransformerEncoder extends LayerStack<EncoderLayer> {
  override forward(src: Tensor, ...rest: Masks<EncoderMasks>): Tensor {
    const { mask, srcKeyPaddingMask } = named<EncoderMasks>(rest, ['mask', 'srcKeyPaddingMask'])
    let output = src
    for (const layer of this.layers)
      output = layer.call(output, { srcMask: mask, srcKeyPaddingMask })
    return this.finished(output)
  }
}

/** Layers one after the other, and a norm behind; `torch.nn.TransformerDecoder`. The layer is copied. */
export class TransformerDecoder extends LayerStack<DecoderLayer> {
  override forward(tgt: Tensor, memory: Tensor, ...rest: Masks<DecoderMasks>): Tensor {
    const masks = named<DecoderMasks>(rest, decoderMasks)
    let output = tgt
    for (const layer of this.layers) output = layer.call(output, memory, masks)
    return this.finished(output)
  }
}

/** Masks of a whole transformer. */
export interface TransformerMasks extends DecoderMasks {
  srcMask?: Tensor | null
  srcKeyPaddingMask?: Tensor | null
}

type EncoderModule = Module & { forward(src: Tensor, masks?: EncoderMasks): Tensor }
type DecoderModule = Module & {
  forward(tgt: Tensor, memory: Tensor, masks?: DecoderMasks): Tensor
}

const transformerText =
  `Transformer(int d_model=512, int nhead=8, int num_encoder_layers=6, int num_decoder_layers=6, int dim_feedforward=2048, float dropout=0.1, str activation='relu', bool? custom_encoder=None, bool? custom_decoder=None, ${options})` as const
const transformer = signature(transformerText)

/** Parts of one's own. */
interface CustomParts extends WithActivation {
  customEncoder?: EncoderModule
  customDecoder?: DecoderModule
}

type TransformerOptions = Partial<
  Omit<Values<typeof transformerText>, 'activation' | 'customEncoder' | 'customDecoder'>
> &
  CustomParts

type TransformerArguments =
  | [options?: TransformerOptions]
  | [dModel: number, options?: TransformerOptions]
  | [dModel: number, nhead: number, options?: TransformerOptions]
  | Arguments<typeof transformerText>

/** Encoder and decoder; `torch.nn.Transformer`. */
export class Transformer extends Module {
  encoder: EncoderModule
  decoder: DecoderModule
  readonly dModel: number
  readonly nhead: number
  readonly batchFirst: boolean

  constructor(...args: TransformerArguments) {
    super()
    const { numEncoderLayers, numDecoderLayers, ...given } = transformer.bind(args)
    const { dModel, nhead, layerNormEps, batchFirst, device, dtype } = given
    // Modules, as far as they are given: signatures know no such type.
    const custom = given as unknown as CustomParts
    const layerOptions = {
      dimFeedforward: given.dimFeedforward,
      dropout: given.dropout,
      activation: custom.activation,
      layerNormEps,
      batchFirst,
      normFirst: given.normFirst,
      device,
      dtype,
    }
    const norm = () => new LayerNorm(dModel, { eps: layerNormEps, device, dtype })
    const makeEncoder = () => {
      const layer = new TransformerEncoderLayer(dModel, nhead, layerOptions)
      return new TransformerEncoder(layer, numEncoderLayers, norm())
    }
    const makeDecoder = () => {
      const layer = new TransformerDecoderLayer(dModel, nhead, layerOptions)
      return new TransformerDecoder(layer, numDecoderLayers, norm())
    }
    this.encoder = custom.customEncoder ?? makeEncoder()
    this.decoder = custom.customDecoder ?? makeDecoder()
    this.dModel = dModel
    this.nhead = nhead
    this.batchFirst = batchFirst
    this.resetParameters()
  }

  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform_(parameter)
  }

  /** @throws RuntimeError in PyTorch's words for shapes that don't fit. */
  override forward(src: Tensor, tgt: Tensor, ...rest: Masks<TransformerMasks>): Tensor {
    const masks = named<TransformerMasks>(rest, [
      'srcMask',
      'tgtMask',
      'memoryMask',
      'srcKeyPaddingMask',
      'tgtKeyPaddingMask',
      'memoryKeyPaddingMask',
    ])
    const batchDim = this.batchFirst ? 0 : 1
    if (src.ndim === 3 && src.shape[batchDim] !== tgt.shape[batchDim])
      throw new RuntimeError('the batch number of src and tgt must be equal')
    if (src.shape[src.ndim - 1] !== this.dModel || tgt.shape[tgt.ndim - 1] !== this.dModel)
      throw new RuntimeError('the feature number of src and tgt must be equal to d_model')
    const memory = this.encoder.call(src, {
      mask: masks.srcMask,
      srcKeyPaddingMask: masks.srcKeyPaddingMask,
    })
    const { tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask } = masks
    return this.decoder.call(tgt, memory, {
      tgtMask,
      memoryMask,
      tgtKeyPaddingMask,
      memoryKeyPaddingMask,
    })
  }

  /** Minus infinity above the diagonal: nobody looks ahead; `generate_square_subsequent_mask`. */
  static generateSquareSubsequentMask(size: number, options: { device?: string } = {}): Tensor {
    return full([size, size], Number.NEGATIVE_INFINITY, options).triu(1)
  }
}
