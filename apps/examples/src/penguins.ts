import { cat, data, manualSeed, nn, noGrad, optim, type Tensor, tensor } from 'sconce'
import { packageFile } from '#platform'
import { accuracyOf, confusionMatrix, confusionText } from './confusion.ts'
import type { Example } from './options.ts'

const SPECIES = ['Adelie', 'Chinstrap', 'Gentoo']
const ISLANDS = ['Biscoe', 'Dream', 'Torgersen']
/** Whatever else is written there stands for one that is not known. */
const SEXES = ['FEMALE', 'MALE']
const MEASURES = ['Beak Length (mm)', 'Beak Depth (mm)', 'Flipper Length (mm)', 'Body Mass (g)']

type Row = Readonly<Record<string, string | number | null>>

/** Measures [N, 4], categories [N, 2] (island and sex) and species [N]. */
type Penguins = data.TensorDataset<[measures: Tensor, categories: Tensor, species: Tensor]>

const codeOf = (levels: readonly string[], value: Row[string]): number =>
  levels.indexOf(String(value))

/** Horst, Hill & Gorman's penguins of which the measures are known, each measure standardised. */
export async function penguinData(): Promise<Penguins> {
  const bytes = await packageFile('vega-datasets', '../data/penguins.json')
  const all = JSON.parse(new TextDecoder().decode(bytes)) as Row[]
  const rows = all.filter((row) => MEASURES.every((m) => row[m] !== null))
  const measures = tensor(rows.map((row) => MEASURES.map((m) => Number(row[m]))))
  const categories = rows.map((row) => [
    codeOf(ISLANDS, row.Island),
    // The row behind the known ones is for the others.
    row.Sex !== null && SEXES.includes(String(row.Sex)) ? codeOf(SEXES, row.Sex) : SEXES.length,
  ])
  return new data.TensorDataset(
    measures.sub(measures.mean(0)).div(measures.std(0)),
    tensor(categories, { dtype: 'int32' }),
    tensor(
      rows.map((row) => codeOf(SPECIES, row.Species)),
      { dtype: 'int32' },
    ),
  )
}

/** Categories become vectors that are learned, and join the measures. */
export class PenguinNetwork extends nn.Module {
  island = new nn.Embedding(ISLANDS.length, 2)
  sex = new nn.Embedding(SEXES.length + 1, 2)
  layers = new nn.Sequential(
    new nn.Linear(MEASURES.length + 4, 16),
    new nn.ReLU(),
    new nn.Linear(16, SPECIES.length),
  )

  override forward(measures: Tensor, categories: Tensor): Tensor {
    const [island, sex] = categories.unbind(1)
    return this.layers.call(cat([measures, this.island.call(island), this.sex.call(sex)], 1))
  }
}

/** Trains on three quarters of the penguins; returns the confusion matrix of the others. */
export async function learnPenguins(epochs = 20): Promise<Tensor> {
  manualSeed(1)
  const all = await penguinData()
  const [training, held] = data.randomSplit(all, [0.75, 0.25])
  const net = new PenguinNetwork()
  const optimizer = new optim.AdamW(net.parameters(), { lr: 0.01 })
  const loader = new data.DataLoader(training, { batchSize: 32, shuffle: true })
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let sum = 0
    for (const [measures, categories, species] of loader) {
      const loss = nn.functional.crossEntropy(net.call(measures, categories), species)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      sum += loss.item()
    }
    console.log(`epoch ${epoch}  loss ${(sum / loader.length).toFixed(4)}`)
  }
  const [measures, categories, species] = all.getBatch(held.indices)
  const predicted = noGrad(() => net.eval().call(measures, categories).argmax(1))
  return confusionMatrix(species, predicted, SPECIES.length)
}

/** R torch's penguins: a table of numbers and categories. */
export const penguins: Example = {
  title: 'Species of penguins from a table, with embeddings',
  async run({ epochs }) {
    const matrix = await learnPenguins(epochs)
    console.log(confusionText(matrix, SPECIES))
    console.log(`accuracy ${(100 * accuracyOf(matrix)).toFixed(1)} %`)
  },
}
