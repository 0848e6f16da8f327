import { nn, type Tensor } from 'sconce'

/** Codes [batch, length] to scores of what comes next. */
export class Recurrent extends nn.Module {
  characters: nn.Embedding
  memory: nn.LSTM
  output: nn.Linear

  constructor(alphabet: number, width = 32, hidden = 128) {
    super()
    this.characters = new nn.Embedding(alphabet, width)
    this.memory = new nn.LSTM(width, hidden, { batchFirst: true })
    this.output = new nn.Linear(hidden, alphabet)
  }

  override forward(codes: Tensor): Tensor {
    const [remembered] = this.memory.call(this.characters.call(codes))
    return this.output.call(remembered)
  }
}
