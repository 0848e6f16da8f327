import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleForNode, bundles, home } from '../launch/bundle.ts'
import { rowResult } from '../report/duel.ts'
import type { Duel, Figure } from '../report/result.ts'
import { budgets } from '../size/budgets.ts'
import { sizeOf } from '../size/measure-size.ts'
import { measure } from '../timing/measure.ts'
import type { Trial } from '../timing/trial.ts'
import { isChosen, possible, type Suite } from './suite.ts'

const run = promisify(execFile)

interface Application {
  readonly program: string
  /** What it loads later, by the path of the module; its peers load everything at once. */
  readonly loads?: RegExp
  /** Files that it fetches. */
  readonly assets?: () => readonly string[]
  /** Bytes that it should not exceed. */
  readonly goal?: number
  readonly inNode: boolean
}

const tfjsBinary = (): string[] => [
  join(
    dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm'))),
    'tfjs-backend-wasm-simd.wasm',
  ),
]

const applications: Readonly<Record<string, Application>> = {
  'sconce cpu': { ...budgets['sconce cpu'], inNode: true },
  'sconce wasm': { ...budgets['sconce wasm'], inNode: true },
  'sconce webgl': { ...budgets['sconce webgl'], inNode: false },
  'tfjs cpu': { program: 'tfjs-cpu', inNode: true },
  'tfjs wasm': { program: 'tfjs-wasm', assets: tfjsBinary, inNode: true },
  'jax-js wasm': { program: 'jax-wasm', loads: /wasm/, inNode: true },
  'nothing at all': { program: 'empty', inNode: true },
}

const duels: readonly Duel[] = [
  { label: 'cpu', ours: 'sconce cpu', peers: ['tfjs cpu', 'tfjs wasm', 'jax-js wasm'] },
  { label: 'wasm', ours: 'sconce wasm', peers: ['tfjs cpu', 'tfjs wasm', 'jax-js wasm'] },
]

/** Milliseconds from the start of a process to the end of the training, by the program's own clock. */
const startOf = (file: string): Trial => ({
  async run(iterations) {
    let ms = 0
    for (let i = 0; i < iterations; i++) {
      const { stdout } = await run(process.execPath, [file])
      ms += Number(stdout.trim().split('\n').at(-1))
    }
    return ms
  },
})

/** How large an application that trains a small network is, and how long until it has started. */
export const size: Suite = async (request) => {
  const chosen = Object.entries(applications).filter(([name]) =>
    isChosen(name, request.contestants),
  )
  const figures: Figure[] = []
  for (const [name, { program, loads, assets, goal }] of chosen) {
    if (program === 'empty') continue
    request.progress(`size of ${name}`)
    const value = await sizeOf(program, join(bundles, 'size'), loads, assets?.() ?? [])
    const goals = goal === undefined ? {} : { goal }
    figures.push({ name: `training program, ${name}`, value, unit: 'bytes gzip', ...goals })
  }
  const inNode = chosen.filter(([, application]) => application.inNode)
  const outdir = join(bundles, 'start')
  const entries = inNode.map(([, { program }]) => [
    program,
    join(home, `src/size/programs/${program}.ts`),
  ])
  await bundleForNode(Object.fromEntries(entries), outdir, true)
  request.progress('start in Node')
  const trials = new Map(
    inNode.map(([name, { program }]) => [name, startOf(join(outdir, `${program}.mjs`))]),
  )
  const measured = await measure(trials, request.measure)
  const names = [...trials.keys()]
  const battles = possible(duels, names)
  const row = rowResult({ name: 'start, and 10 training steps' }, measured, battles)
  return { contestants: names, duels: battles, rows: [row], figures }
}
