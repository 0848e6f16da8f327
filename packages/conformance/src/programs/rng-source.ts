/** The programs of the random streams, which are written in shorthand, as Python. */

/** Names that the shorthand uses bare, and what they stand for. */
const PREAMBLE = `
from torch import manual_seed, rand, randn, randint, randperm, bernoulli, full, empty, ones, zeros, float32, float64
functional = F
training = True
replacement = True
fan_in, fan_out, relu, linear, leaky_relu = 'fan_in', 'fan_out', 'relu', 'linear', 'leaky_relu'
def multinomial(weights, count, *options):
    return torch.multinomial(torch.tensor(weights), count, *options)
`

/** The layers that a program calls by their bare names. */
function layersSource(code: string): string {
  const names = new Set(code.match(/\b[A-Z]\w+(?=\()/g))
  return `init = nn.init\n${names.size > 0 ? `from torch.nn import ${[...names].join(', ')}` : ''}`
}

/**
 * A training run on a shuffled data set. What a data loader draws, whatever the device: a base seed per
 * pass, then the seed of its sampler's own generator. `draw_seed` is the host's.
 */
const TRAINING = `
model = Sequential(Linear(3, HIDDEN), nn.ReLU(), Linear(HIDDEN, 1))
optimizer = optim.Adam(model.parameters(), lr=RATE)
losses = []
for epoch in range(EPOCHS):
    draw_seed()
    generator = torch.Generator()
    generator.manual_seed(draw_seed())
    order = torch.randperm(len(X), generator=generator)
    for start in range(0, len(X), BATCH):
        chosen = order[start:start + BATCH]
        optimizer.zero_grad()
        loss = F.mse_loss(model(X[chosen]), Y[chosen])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
outputs = torch.tensor(losses)
`

/** A program in Python that leaves its tensors in `outputs`. */
export interface RngProgram {
  readonly text: string
  readonly needsNn: boolean
}

const number = (text: string, pattern: RegExp): string => {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new SyntaxError(`a random program without ${pattern}: ${text}`)
  return found
}

function trainingOf(program: string): string {
  const data = program.slice(0, program.indexOf('m=Sequential'))
  const sizes: Record<string, string> = {
    HIDDEN: number(program, /Linear\(3,\s*(\d+)\)/),
    RATE: number(program, /lr=([\d.e+-]+)/),
    EPOCHS: number(program, /(\d+) epochs/),
    BATCH: number(program, /batch_size=(\d+)/),
  }
  return data + TRAINING.replace(/\b(HIDDEN|RATE|EPOCHS|BATCH)\b/g, (name) => sizes[name])
}

/** The last statement, of which the result is asked. */
function resultOf(statement: string): string {
  // `Linear(7,5): weight, bias`; `LSTM(3,4): parameters in order`
  const [, made, members] = /^([A-Z]\w*\(.*\)): (.*)$/.exec(statement) ?? []
  if (made === undefined) return `outputs = ${statement}`
  if (members.startsWith('parameters')) return `outputs = list(${made}.parameters())`
  return `module = ${made}\noutputs = [${members
    .split(', ')
    .map((name) => `module.${name}`)
    .join(', ')}]`
}

/** Turns a program of `rng.json` into Python, with the seed in `s`. */
export function toPython(program: string): RngProgram {
  // A remark follows after two blanks.
  const code = program.replace(/ {2,}\(.*\)$/, '')
  if (code.includes('DataLoader'))
    return {
      text: `${PREAMBLE}\nfrom torch.nn import Linear, Sequential\n${trainingOf(code)}`,
      needsNn: true,
    }
  const statements = code.split('; ')
  const assigned = statements.flatMap((statement) => /^(\w+)=/.exec(statement)?.[1] ?? [])
  const body =
    assigned.length > 0
      ? [...statements, `outputs = [${assigned.join(', ')}]`]
      : [...statements.slice(0, -1), resultOf(statements[statements.length - 1])]
  const needsNn = /\b(init\.|[A-Z]\w+\()/.test(code)
  return { text: [PREAMBLE, needsNn ? layersSource(code) : '', ...body].join('\n'), needsNn }
}
