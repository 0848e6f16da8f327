/** Optimizers: losses, parameters and state along a short training. */
import type { Outcome } from '../case.ts'
import {
  at,
  type CompareOptions,
  type Comparison,
  different,
  worst,
} from '../compare/comparison.ts'
import type { HostValue } from '../compare/host.ts'
import type { Tolerance } from '../compare/tolerances.ts'
import { compareValues } from '../compare/values.ts'
import { type Env, outcomeOf } from '../execute/context.ts'
import type { GoldenValue, OptimizerCase } from '../golden/types.ts'
import { dictOf, listOf, sessionAfter } from './session.ts'

/** Parameter groups of a case as Python: `[{'params': [p[0]], 'lr': options[0]['lr']}]`. */
function groupsSource({ groups }: OptimizerCase): string {
  if (!groups) return 'p'
  const items = groups.map(({ idx, ...options }, i) => {
    const given = Object.keys(options).map((name) => `'${name}': options[${i}]['${name}']`)
    const params = `'params': [${idx.map((k) => `p[${k}]`).join(', ')}]`
    return `{${[params, ...given].join(', ')}}`
  })
  return `[${items.join(', ')}]`
}

/** The program of an optimizer case; its variables are defined beforehand. */
export function optimizerSource(member: OptimizerCase): string {
  const { optimizer, loss_formula: formula, steps, trajectory } = member
  const update = optimizer === 'LBFGS' ? 'loss = o.step(closure)' : 'loss = closure()\n    o.step()'
  return `
from torch import sum, mean, tanh, exp, log, sin, cos, sqrt
p = [x.requires_grad_() for x in params]
o = optim.${optimizer}(${groupsSource(member)}, **kwargs)
losses = []
trajectory = {}
def closure():
    o.zero_grad()
    ${formula}
    loss.backward()
    return loss
for i in range(${steps}):
    ${update}
    losses.append(loss.item())
    if i + 1 in [${Object.keys(trajectory)}]:
        trajectory[str(i + 1)] = [x.detach().clone() for x in p]
state = {str(i): {k: v for k, v in s.items()} for i, s in o.state_dict()['state'].items()}
first_group = {k: v for k, v in o.param_groups[0].items() if k != 'params'}
`
}

/**
 * Rounding errors grow along a trajectory; the first steps are as exact as any op. A quasi-Newton step
 * divides by differences of gradients and loses a digit each time: PyTorch's own float32 run of the
 * recorded quadratic is 4e-3 from its float64 run after four.
 */
function toleranceAfter(steps: number, optimizer: string): Tolerance {
  const scale = optimizer === 'LBFGS' ? Math.min(10 ** steps, 5000) : 1 + steps
  return { rtol: 1e-5 * scale, atol: 1e-6 * scale }
}

/** Members of a recorded dict; others that are there do not matter. */
function compareMembers(
  actual: HostValue,
  expected: { readonly [name: string]: GoldenValue },
  options: CompareOptions = {},
): Comparison {
  if (typeof actual !== 'object' || actual === null) return different('it is missing')
  return worst(
    Object.entries(expected).map(([name, value]) =>
      at(name, compareValues(Reflect.get(actual, name), value, options)),
    ),
  )
}

export async function runOptimizer(member: OptimizerCase, env: Env): Promise<Outcome> {
  const { optimizer, steps } = member
  const session = await sessionAfter(env, (fresh) => {
    fresh.defineAll(member.data)
    fresh.define('params', listOf([...member.params]))
    fresh.define('kwargs', dictOf(member.kwargs))
    fresh.define('options', listOf((member.groups ?? []).map(optionsOf)))
    fresh.run(optimizerSource(member))
  })
  const losses = await session.read('losses')
  const trajectory = await session.read('trajectory')
  const state = await session.read('state')
  const late = { tolerance: toleranceAfter(steps, optimizer) }
  const lossComparisons = member.losses.map((loss, i) => {
    const actual = Array.isArray(losses) ? losses[i] : undefined
    const tolerance = toleranceAfter(i, optimizer)
    return at(`loss ${i}`, compareValues(actual, { t: 'float', v: loss }, { tolerance }))
  })
  const trajectoryComparisons = Object.entries(member.trajectory).map(([step, params]) => {
    const expected = { [step]: listOf([...params]) }
    const tolerance = toleranceAfter(Number(step), optimizer)
    return at('parameters after step', compareMembers(trajectory, expected, { tolerance }))
  })
  const stateComparisons = Object.entries(member.final_state).map(([index, expected]) => {
    const actual =
      typeof state === 'object' && state !== null ? Reflect.get(state, index) : undefined
    return at(`state ${index}`, compareMembers(actual, expected, late))
  })
  const group = compareMembers(await session.read('first_group'), member.param_group_defaults)
  return outcomeOf(
    worst([
      ...lossComparisons,
      ...trajectoryComparisons,
      ...stateComparisons,
      at('parameter group', group),
    ]),
  )
}

/** The options of a parameter group, apart from its parameters. */
function optionsOf({ idx, ...options }: NonNullable<OptimizerCase['groups']>[number]): GoldenValue {
  const values = Object.entries(options).filter(
    (entry): entry is [string, GoldenValue] => !Array.isArray(entry[1]),
  )
  return dictOf(Object.fromEntries(values))
}
