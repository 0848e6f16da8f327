import { jaxJs } from '../contestants/jax.ts'
import { sconce } from '../contestants/sconce.ts'
import { tfjs } from '../contestants/tfjs.ts'
import { pyTorch } from '../contestants/torch.ts'
import { overheadFigures } from '../figures/overhead.ts'
import type { Duel } from '../report/result.ts'
import { tiny } from '../rows/tiny.ts'
import { type Entrants, runRows, type Suite } from './suite.ts'

const entrants: Entrants = {
  'sconce cpu': () => sconce('cpu'),
  'sconce wasm': () => sconce('wasm'),
  'tfjs cpu': () => tfjs('cpu'),
  'tfjs wasm': () => tfjs('wasm'),
  'jax-js wasm': () => jaxJs('wasm'),
  pytorch: () => pyTorch(),
}

const peers = ['tfjs cpu', 'tfjs wasm', 'jax-js wasm']
const duels: readonly Duel[] = [
  { label: 'cpu', ours: 'sconce cpu', peers },
  { label: 'wasm', ours: 'sconce wasm', peers },
  { label: 'pytorch', ours: 'sconce cpu', peers: ['pytorch'] },
]

/** What a tiny op and a small training step cost, and that neither compiles nor keeps anything more. */
export const overhead: Suite = async (request) => {
  const figures = await overheadFigures(request)
  return { ...(await runRows(tiny, entrants, duels, request)), figures }
}
