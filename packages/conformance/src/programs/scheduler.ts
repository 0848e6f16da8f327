/** Learning-rate schedulers: the rates of every step, in double precision. */
import type { Outcome } from '../case.ts'
import { at, worst } from '../compare/comparison.ts'
import { compareValues } from '../compare/values.ts'
import { type Env, outcomeOf } from '../execute/context.ts'
import type { GoldenValue, SchedulerCase } from '../golden/types.ts'
import { listOf, sessionAfter } from './session.ts'

/** Formulas may be written in another order than PyTorch's, but in doubles all the same. */
const tolerance = { rtol: 1e-12, atol: 1e-15 }

/** The program of a scheduler case. */
export function schedulerSource(member: SchedulerCase): string {
  const { optimizer, optimizer_kwargs: kwargs, initial_lrs: lrs, metrics } = member
  const options = Object.entries(kwargs).map(([name, value]) => `, ${name}=${value}`)
  return `
S = torch.optim.lr_scheduler
groups = [{'params': [torch.zeros(1, requires_grad=True)], 'lr': lr} for lr in [${lrs.join(', ')}]]
o = optim.${optimizer}(groups, lr=0.1${options.join('')})
s = ${member.scheduler_expr}
metrics = [${(metrics ?? []).join(', ')}]
def rates(): return [g['lr'] for g in o.param_groups]
def momentum(g): return g['momentum'] if 'momentum' in g else g['betas'][0]
def moments(): return [momentum(g) for g in o.param_groups]
lrs = [rates()]
momenta = [moments()]
for t in range(${member.steps}):
    o.step()
    ${metrics ? 's.step(metrics[t])' : 's.step()'}
    lrs.append(rates())
    momenta.append(moments())
${member.last_lr ? 'last_lr = s.get_last_lr()' : ''}
`
}

const floats = (values: readonly number[]): GoldenValue =>
  listOf(values.map((v) => ({ t: 'float', v })))

export async function runScheduler(member: SchedulerCase, env: Env): Promise<Outcome> {
  const session = await sessionAfter(env, (fresh) => fresh.run(schedulerSource(member)))
  const wanted: [string, GoldenValue][] = [['lrs', listOf(member.lrs.map(floats))]]
  if (member.momenta) wanted.push(['momenta', listOf(member.momenta.map(floats))])
  if (member.last_lr) wanted.push(['last_lr', floats(member.last_lr)])
  const comparisons = wanted.map(async ([name, value]) =>
    at(name, compareValues(await session.read(name), value, { tolerance })),
  )
  return outcomeOf(worst(await Promise.all(comparisons)))
}
