/** Initialisation: what is known of the draws holds. */
import type { Outcome } from '../case.ts'
import { type HostTensor, isHostTensor, numbersOf } from '../compare/host.ts'
import { type Env, fail } from '../execute/context.ts'
import type { InitCase, InitFacts } from '../golden/types.ts'
import { sessionAfter } from './session.ts'

/** How many standard errors the mean and the deviation of a sample may be off. */
const ERRORS = 6

/** Rounding to float32 may carry a draw onto the bound, or just beyond. */
const ROUNDING = 1 + 1e-6

/** The program of an init case: the drawn tensors end up in `drawn`, by name. */
export function initSource({ expr, shape, facts }: InitCase): string {
  const draw = shape
    ? `w = torch.empty(${shape.length === 0 ? '()' : `(${shape.join(', ')},)`})\nnn.init.${expr}\ndrawn = {'w': w}`
    : `m = ${expr}\ndrawn = {name: p.detach() for name, p in m.named_parameters()}`
  return `torch.manual_seed(0)\n${draw}\n${propertySource(facts)}`
}

/** `w @ w.T == 1.5**2 * I(5)` */
function propertySource({ property }: InitFacts): string {
  const [left, right] = `${property ?? ''}`.split(' == ')
  if (right === undefined) return ''
  return `I = torch.eye\nholds = torch.allclose(${left}, ${right}, atol=1e-5)`
}

const factOf = (facts: InitFacts, name: string): number | undefined => {
  const fact = facts[name]
  return typeof fact === 'number' ? fact : undefined
}

/** What of a distribution does not hold; undefined if all does. */
export function distributionError(values: Float64Array, facts: InitFacts): string | undefined {
  const count = values.length
  const low = factOf(facts, 'low')
  const high = factOf(facts, 'high')
  if (facts.dist === 'uniform' && low !== undefined && high !== undefined) {
    const beyond = values.find((x) => x < low * ROUNDING || x > high * ROUNDING)
    if (beyond !== undefined) return `${beyond} is not between ${low} and ${high}`
  }
  const spread = high !== undefined && low !== undefined ? (high - low) / Math.sqrt(12) : undefined
  const std = factOf(facts, 'std') ?? spread
  const middle = high !== undefined && low !== undefined ? (high + low) / 2 : undefined
  const mean = factOf(facts, 'mean') ?? middle
  if (mean === undefined || std === undefined || count < 2) return undefined
  const actualMean = values.reduce((a, b) => a + b, 0) / count
  if (!(Math.abs(actualMean - mean) <= (ERRORS * std) / Math.sqrt(count)))
    return `the mean is ${actualMean}, not about ${mean}`
  const variance = values.reduce((a, b) => a + (b - actualMean) ** 2, 0) / (count - 1)
  if (!(Math.abs(Math.sqrt(variance) - std) <= (ERRORS * std) / Math.sqrt(2 * (count - 1))))
    return `the standard deviation is ${Math.sqrt(variance)}, not about ${std}`
  return undefined
}

/** Zeros per column of a matrix, where the facts tell how many there are. */
function sparsityError({ shape, data }: HostTensor, { property }: InitFacts): string | undefined {
  const wanted = /=(\d+) zeros in each column/.exec(`${property ?? ''}`)?.[1]
  if (wanted === undefined) return undefined
  const columns = shape[1]
  for (let c = 0; c < columns; c++) {
    const zeros = [...data].filter((x, i) => i % columns === c && x === 0).length
    if (zeros !== Number(wanted)) return `column ${c} has ${zeros} zeros, not ${wanted}`
  }
  return undefined
}

/** The row of padding is zero, where the facts say so. */
function paddingError(
  { shape, data }: HostTensor,
  { note }: InitFacts,
  expr: string,
): string | undefined {
  const row = Number(/padding_idx=(\d+)/.exec(expr)?.[1])
  if (note !== 'row padding_idx is zero' || Number.isNaN(row)) return undefined
  const width = shape[1]
  const values = [...data.slice(row * width, (row + 1) * width)]
  return values.every((x) => x === 0) ? undefined : `row ${row} is not zero`
}

export async function runInit(member: InitCase, env: Env): Promise<Outcome> {
  const { facts, shape, expr } = member
  const session = await sessionAfter(env, (fresh) => fresh.run(initSource(member)))
  if ((await session.read('holds')) === false) return fail(`${facts.property} does not hold`)
  const drawn = await session.read('drawn')
  const byName = shape ? { w: facts } : facts
  for (const [name, known] of Object.entries(byName)) {
    if (typeof known !== 'object') continue
    const tensor =
      typeof drawn === 'object' && drawn !== null ? Reflect.get(drawn, name) : undefined
    if (!isHostTensor(tensor)) return fail(`${name} is missing`)
    const error =
      distributionError(numbersOf(tensor), known) ??
      sparsityError(tensor, known) ??
      paddingError(tensor, known, expr)
    if (error) return fail(`${name}: ${error}`)
  }
  return { status: 'pass' }
}
