import { getDevice, init, randn, setDefaultDevice } from 'sconce'
import type { Figure } from '../report/result.ts'
import { regression } from '../rows/tiny.ts'
import { isChosen, type Request } from '../suites/suite.ts'

const backends = ['cpu', 'wasm'] as const

/** Programs that the backend of a device has compiled so far. */
function compiledBy(device: string): number {
  const { backend } = getDevice(device)
  return 'compiled' in backend ? Number(backend.compiled) : Number.NaN
}

/** Programs that `body` makes the backend compile. */
function compilations(device: string, body: () => void): number {
  const before = compiledBy(device)
  body()
  return compiledBy(device) - before
}

function scalarValues(): void {
  // Drawn on the host: making it compiles nothing.
  const x = randn(2, 2)
  for (let i = 0; i < 1000; i++) x.mul(i + 0.5)
}

function batchSizes(): void {
  const weight = randn(8, 4)
  for (let batch = 1; batch <= 100; batch++) randn(batch, 8).mm(weight).relu().sum(1)
}

const residentMemory = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

const stretches = 3

/**
 * Growth of the process over 10,000 training steps in a loop that never yields. The least of three stretches: what
 * leaks does so in each, while the engine's own heap comes and goes.
 */
function growth(): number {
  const step = regression.steps.sconce?.()
  if (!step) return Number.NaN
  for (let i = 0; i < 5000; i++) step()
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < stretches; k++) {
    const before = residentMemory()
    for (let i = 0; i < 10_000; i++) step()
    least = Math.min(least, residentMemory() - before)
  }
  return least
}

interface Count {
  readonly name: string
  readonly unit: string
  readonly goal: number
  readonly take: (device: string) => number
}

const counts: readonly Count[] = [
  {
    name: 'programs compiled for 1,000 values of a scalar',
    unit: '',
    goal: 1,
    take: (device) => compilations(device, scalarValues),
  },
  {
    name: 'programs compiled for 100 batch sizes',
    unit: '',
    goal: 8,
    take: (device) => compilations(device, batchSizes),
  },
  {
    name: 'resident memory after 10,000 more training steps',
    unit: 'bytes',
    goal: 16e6,
    take: growth,
  },
]

/** What must not grow: compiled programs and memory. */
export async function overheadFigures(request: Request): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const backend of backends) {
    if (!isChosen(`sconce ${backend}`, request.contestants)) continue
    await init(backend)
    for (const { name, unit, goal, take } of counts) {
      if (!isChosen(name, request.only)) continue
      request.progress(`${backend}: ${name}`)
      setDefaultDevice(backend)
      figures.push({ name: `${name}, ${backend}`, value: take(backend), unit, goal })
    }
  }
  return figures
}
