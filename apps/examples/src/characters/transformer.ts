import { arange, nn, type Tensor } from 'sconce'

/** Every position looks back at those before it, from several points of view. */
class Attention extends nn.Module {
  readonly heads: number
  project: nn.Linear
  output: nn.Linear

  constructor(width: number, heads: number) {
    super()
    this.heads = heads
    this.project = new nn.Linear(width, 3 * width)
    this.output = new nn.Linear(width, width)
  }

  override forward(x: Tensor): Tensor {
    const [batch, length, width] = x.shape
    // [3, batch, heads, length, width of a head]
    const [query, key, value] = this.project
      .call(x)
      .view([batch, length, 3, this.heads, width / this.heads])
      .permute(2, 0, 3, 1, 4)
    const seen = nn.functional.scaledDotProductAttention(query, key, value, { isCausal: true })
    return this.output.call(seen.transpose(1, 2).reshape([batch, length, width]))
  }
}

/** Attention and a small network, each added to what was there. */
class Block extends nn.Module {
  attentionNorm: nn.LayerNorm
  attention: Attention
  networkNorm: nn.LayerNorm
  network: nn.Sequential

  constructor(width: number, heads: number) {
    super()
    this.attentionNorm = new nn.LayerNorm(width)
    this.attention = new Attention(width, heads)
    this.networkNorm = new nn.LayerNorm(width)
    this.network = new nn.Sequential(
      new nn.Linear(width, 4 * width),
      new nn.GELU(),
      new nn.Linear(4 * width, width),
    )
  }

  override forward(x: Tensor): Tensor {
    const seen = x.add(this.attention.call(this.attentionNorm.call(x)))
    return seen.add(this.network.call(this.networkNorm.call(seen)))
  }
}

/** A small GPT, after Radford et al. (2019): codes [batch, length] to scores of what comes next. */
export class Transformer extends nn.Module {
  characters: nn.Embedding
  positions: nn.Embedding
  blocks: nn.Sequential
  norm: nn.LayerNorm
  output: nn.Linear

  constructor(alphabet: number, context: number, width = 64, heads = 4, depth = 2) {
    super()
    this.characters = new nn.Embedding(alphabet, width)
    this.positions = new nn.Embedding(context, width)
    this.blocks = new nn.Sequential(...Array.from({ length: depth }, () => new Block(width, heads)))
    this.norm = new nn.LayerNorm(width)
    this.output = new nn.Linear(width, alphabet)
  }

  override forward(codes: Tensor): Tensor {
    const places = arange(codes.size(1), { dtype: 'int32', device: codes.device })
    const x = this.characters.call(codes).add(this.positions.call(places))
    return this.output.call(this.norm.call(this.blocks.call(x)))
  }
}
