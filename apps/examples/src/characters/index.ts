import { fromTypedArray, manualSeed, nn, noGrad, optim, type Tensor } from 'sconce'
import type { Example } from '../options.ts'
import { Recurrent } from './lstm.ts'
import { alphabet, encode, pieces } from './text.ts'
import { Transformer } from './transformer.ts'

/** Characters that a model sees at a time. */
const CONTEXT = 32

/** Codes [batch, length] to scores [batch, length, alphabet]. */
export type CharacterModel = nn.Module & { forward(codes: Tensor): Tensor }

/** The models, by what is printed of them. */
export const models = {
  transformer: (): CharacterModel => new Transformer(alphabet.length, CONTEXT),
  LSTM: (): CharacterModel => new Recurrent(alphabet.length),
}

/** Trains a new model on the poem; returns it with the loss of each step. */
export function learnCharacters(
  name: keyof typeof models,
  steps = 300,
): { model: CharacterModel; losses: number[] } {
  manualSeed(1)
  const model = models[name]()
  const optimizer = new optim.Adam(model.parameters(), { lr: 3e-3 })
  const losses: number[] = []
  for (let step = 1; step <= steps; step++) {
    const { x, y } = pieces(16, CONTEXT)
    const loss = nn.functional.crossEntropy(model.call(x).flatten(0, 1), y.flatten())
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    losses.push(loss.item())
    if (step % 50 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
  }
  return { model, losses }
}

/** Continues a text with the character that the model holds likeliest, again and again. */
export function continued(model: CharacterModel, start: string, count: number): string {
  let text = start
  for (let i = 0; i < count; i++) {
    const codes = encode(text.slice(-CONTEXT))
    const scores = noGrad(() => model.call(fromTypedArray(codes, [1, codes.length])))
    text += alphabet[scores.select(1, -1).argmax().item()]
  }
  return text
}

export const characters: Example = {
  title: 'A poem by heart, character by character',
  run({ steps }) {
    for (const name of ['transformer', 'LSTM'] as const) {
      console.log(`${name}:`)
      const { model } = learnCharacters(name, steps)
      console.log(continued(model, 'Tyger', 120))
    }
  },
}
