import { jaxJs } from '../contestants/jax.ts'
import { sconce, sconceThreads } from '../contestants/sconce.ts'
import { tfjs } from '../contestants/tfjs.ts'
import type { Duel } from '../report/result.ts'
import { convolutions } from '../rows/convolutions.ts'
import { elements } from '../rows/elements.ts'
import { models } from '../rows/models/index.ts'
import { products } from '../rows/products.ts'
import type { Row } from '../rows/row.ts'
import { regression } from '../rows/tiny.ts'
import { type Entrants, type Findings, type Request, runRows } from '../suites/suite.ts'

interface PageSuite {
  readonly rows: readonly Row[]
  readonly entrants: Entrants
  readonly duels: readonly Duel[]
  /** Milliseconds that a sample lasts at least. */
  readonly sample: number
}

const named = (rows: readonly Row[], names: readonly string[]): Row[] =>
  rows.filter((row) => names.includes(row.name))

const everything = [...products, ...elements, ...convolutions]

/** WebGL, on rows that software rendering gets through. */
const webgl: PageSuite = {
  rows: [
    ...named(everything, [
      'matmul 256',
      'matmul 256 + backward',
      'matmul 512',
      'a + b',
      'relu(a·b + c)',
      'relu(a·b + c) + backward',
      'tanh(a·b + c)·a − b',
      'sum',
      'sum by row',
      'sum by column',
      'max by row',
      'softmax',
      'softmax + backward',
      'conv 3×3',
    ]),
    regression,
    ...models.filter((row) => row.name.startsWith('MLP')),
  ],
  entrants: {
    'sconce webgl': () => sconce('webgl'),
    'tfjs webgl': () => tfjs('webgl'),
    'jax-js webgl': () => jaxJs('webgl'),
  },
  duels: [
    { label: 'tfjs', ours: 'sconce webgl', peers: ['tfjs webgl'] },
    { label: 'jax-js', ours: 'sconce webgl', peers: ['jax-js webgl'] },
  ],
  // The page asks the GPU every few milliseconds whether it is done.
  sample: 150,
}

const wasmPeers = ['tfjs wasm', 'jax-js wasm']

/** The kernels on wasm, where the peers have threads too if the page is cross-origin isolated. */
const browser: PageSuite = {
  rows: [...everything, regression, ...models],
  entrants: {
    'sconce wasm': () => sconce('wasm'),
    'sconce wasm 1t': () => sconceThreads(1),
    'sconce cpu': () => sconce('cpu'),
    'tfjs wasm': () => tfjs('wasm'),
    'jax-js wasm': () => jaxJs('wasm'),
  },
  duels: [
    { label: 'wasm', ours: 'sconce wasm', peers: wasmPeers },
    { label: '1 thread', ours: 'sconce wasm 1t', peers: wasmPeers },
  ],
  sample: 0,
}

const suites = { webgl, browser } as const
export type PageSuiteName = keyof typeof suites
/** A request as it goes into the page: what it is told goes to the console. */
export type PageRequest = Omit<Request, 'progress'>

declare global {
  interface Window {
    /** What the process outside calls. */
    bench: (name: PageSuiteName, request: PageRequest) => Promise<Findings>
  }
}

window.bench = (name, request) => {
  const { rows, entrants, duels, sample } = suites[name]
  return runRows(rows, entrants, duels, {
    ...request,
    measure: { ...request.measure, sample: Math.max(sample, request.measure.sample) },
    progress: (text) => console.info(text),
  })
}
