import { nn, stack, type Tensor } from 'sconce'

/** Hochreiter & Schmidhuber's long short-term memory: [batch, length, inputs] to [batch, length, hidden]. */
class Memory extends nn.Module {
  readonly hidden: number
  input: nn.Linear
  recurrent: nn.Linear

  constructor(inputs: number, hidden: number) {
    super()
    this.hidden = hidden
    this.input = new nn.Linear(inputs, 4 * hidden)
    this.recurrent = new nn.Linear(hidden, 4 * hidden, { bias: false })
  }

  override forward(x: Tensor): Tensor {
    // What comes from the inputs is known for all steps at once.
    const steps = this.input.call(x).unbind(1)
    let h = x.newZeros([x.size(0), this.hidden])
    let c = h
    const outputs = steps.map((step) => {
      const [i, f, g, o] = step.add(this.recurrent.call(h)).chunk(4, 1)
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()))
      h = o.sigmoid().mul(c.tanh())
      return h
    })
    return stack(outputs, 1)
  }
}

/** Codes [batch, length] to scores of what comes next. */
export class Recurrent extends nn.Module {
  characters: nn.Embedding
  memory: Memory
  output: nn.Linear

  constructor(alphabet: number, width = 32, hidden = 128) {
    super()
    this.characters = new nn.Embedding(alphabet, width)
    this.memory = new Memory(width, hidden)
    this.output = new nn.Linear(hidden, alphabet)
  }

  override forward(codes: Tensor): Tensor {
    return this.output.call(this.memory.call(this.characters.call(codes)))
  }
}
