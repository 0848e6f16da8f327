import { jaxJs } from '../contestants/jax.ts'
import { onnxRuntime } from '../contestants/ort.ts'
import { sconce, sconceThreads } from '../contestants/sconce.ts'
import { tfjs } from '../contestants/tfjs.ts'
import { pyTorch } from '../contestants/torch.ts'
import type { Duel } from '../report/result.ts'
import { convolutions } from '../rows/convolutions.ts'
import { elements } from '../rows/elements.ts'
import { products } from '../rows/products.ts'
import { type Entrants, runRows, type Suite } from './suite.ts'

const entrants: Entrants = {
  'sconce wasm 1t': () => sconceThreads(1),
  'sconce wasm 2t': () => sconceThreads(2),
  'sconce cpu': () => sconce('cpu'),
  'tfjs wasm': () => tfjs('wasm'),
  'jax-js wasm': () => jaxJs('wasm'),
  'ort wasm': () => onnxRuntime(1),
  'ort wasm 2t': () => onnxRuntime(2),
  pytorch: () => pyTorch(),
}

const single = ['tfjs wasm', 'jax-js wasm', 'ort wasm']
const duels: readonly Duel[] = [
  { label: '1 thread', ours: 'sconce wasm 1t', peers: single },
  { label: '2 threads', ours: 'sconce wasm 2t', peers: [...single, 'ort wasm 2t'] },
  { label: 'pytorch', ours: 'sconce wasm 1t', peers: ['pytorch'] },
]

/** Kernels on wasm, forward and backward, on one thread and on two. */
export const kernels: Suite = (request) =>
  runRows([...products, ...elements, ...convolutions], entrants, duels, request)
