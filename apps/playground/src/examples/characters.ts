import { plot, show } from 'playground'
import { arange, fromTypedArray, manualSeed, nn, noGrad, optim, randint, type Tensor } from 'sconce'

// A small transformer learns a poem by heart, character by character.

const poem = `Tyger Tyger, burning bright,
In the forests of the night;
What immortal hand or eye,
Could frame thy fearful symmetry?
`
const alphabet = [...new Set(poem)].sort()
const encode = (text: string): Int32Array<ArrayBuffer> =>
  Int32Array.from(text, (character) => alphabet.indexOf(character))

const width = 32
const heads = 4
const context = 16

class CharacterModel extends nn.Module {
  characters = new nn.Embedding(alphabet.length, width)
  places = new nn.Embedding(context, width)
  norm = new nn.LayerNorm(width)
  project = new nn.Linear(width, 3 * width)
  mix = new nn.Linear(width, width)
  network = new nn.Sequential(
    new nn.LayerNorm(width),
    new nn.Linear(width, 4 * width),
    new nn.GELU(),
    new nn.Linear(4 * width, width),
  )
  output = new nn.Linear(width, alphabet.length)

  /** Every place looks back at those before it. */
  attend(x: Tensor): Tensor {
    const [batch, length] = x.shape
    const [query, key, value] = this.project
      .call(x)
      .view(batch, length, 3, heads, width / heads)
      .permute(2, 0, 3, 1, 4)
    const seen = nn.functional.scaledDotProductAttention(query, key, value, { isCausal: true })
    return this.mix.call(seen.transpose(1, 2).reshape(batch, length, width))
  }

  /** Codes [batch, length] to scores of what comes next. */
  override forward(codes: Tensor): Tensor {
    const places = arange(codes.size(1), { dtype: 'int32' })
    const x = this.characters.call(codes).add(this.places.call(places))
    const seen = x.add(this.attend(this.norm.call(x)))
    return this.output.call(seen.add(this.network.call(seen)))
  }
}

manualSeed(1)
const model = new CharacterModel()
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 })
const codes = fromTypedArray(encode(poem), [poem.length])

for (let step = 1; step <= 100; step++) {
  const starts = randint(0, poem.length - context, [16, 1], { dtype: 'int32' })
  const places = starts.add(arange(context, { dtype: 'int32' }))
  const scores = model.call(codes.at(places)).flatten(0, 1)
  const loss = nn.functional.crossEntropy(scores, codes.at(places.add(1)).flatten())
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if (step % 5 === 0) plot('loss', step, loss)
  if (step % 25 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
}
show('embedding of each character', model.characters.weight)

let text = 'Tyger'
for (let i = 0; i < 60; i++) {
  const seen = encode(text.slice(-context))
  const scores = noGrad(() => model.call(fromTypedArray(seen, [1, seen.length])))
  text += alphabet[Number(scores.select(1, -1).argmax().item())]
}
console.log(text)
