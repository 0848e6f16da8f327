import { jaxJs } from '../contestants/jax.ts'
import { sconce, sconceThreads } from '../contestants/sconce.ts'
import { tfjs } from '../contestants/tfjs.ts'
import { pyTorch } from '../contestants/torch.ts'
import type { Duel } from '../report/result.ts'
import { models as rows } from '../rows/models/index.ts'
import { type Entrants, runRows, type Suite } from './suite.ts'

const entrants: Entrants = {
  'sconce wasm 1t': () => sconceThreads(1),
  'sconce wasm 2t': () => sconceThreads(2),
  'sconce cpu': () => sconce('cpu'),
  'tfjs wasm': () => tfjs('wasm'),
  'jax-js wasm': () => jaxJs('wasm'),
  pytorch: () => pyTorch(),
}

const peers = ['tfjs wasm', 'jax-js wasm']
const duels: readonly Duel[] = [
  { label: '1 thread', ours: 'sconce wasm 1t', peers },
  { label: '2 threads', ours: 'sconce wasm 2t', peers },
  { label: 'pytorch', ours: 'sconce wasm 1t', peers: ['pytorch'] },
]

/** Training steps of small models, written as each library's users write them. */
export const models: Suite = (request) => runRows(rows, entrants, duels, request)
