/** Modules: constructed, loaded, called and differentiated as in PyTorch. */
import type { Outcome } from '../case.ts'
import {
  at,
  type CompareOptions,
  type Comparison,
  different,
  same,
  worst,
} from '../compare/comparison.ts'
import { compareValues } from '../compare/values.ts'
import { recordedTensors } from '../execute/arguments.ts'
import { type Env, outcomeOf } from '../execute/context.ts'
import type { GoldenValue, ModuleCase } from '../golden/types.ts'
import { dictOf, listOf, sessionAfter } from './session.ts'

/** `inputs.1.0` as Python: `inputs[1][0]`. */
export const pathSource = (path: string): string => {
  const [name, ...steps] = path.split('.')
  return name + steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `['${step}']`)).join('')
}

/** The program of a module case; its variables are defined beforehand. */
export function moduleSource({ module, grad }: ModuleCase): string {
  const call = `
def flatten(x):
    if isinstance(x, torch.Tensor): return [x]
    if isinstance(x, (list, tuple)): return [t for v in x for t in flatten(v)]
    if isinstance(x, dict): return [t for v in x.values() for t in flatten(v)]
    return []
m = nn.${module.class}(*args, **kwargs)
text = repr(m)
m.load_state_dict(state_dict)
m.train(${module.training ? 'True' : 'False'})
names = [name for name, _ in m.named_parameters()]
wanted = [${(grad?.inputs ?? []).map(pathSource).join(', ')}]
for x in wanted: x.requires_grad_()
out = m(*inputs, **options)
`
  const backward = `
flat = flatten(out)
torch.autograd.backward([flat[i] for i in [${grad?.outputs ?? []}]], grad_outputs)
grads = [x.grad for x in wanted]
grad_params = {name: p.grad for name, p in m.named_parameters()}
`
  return `${call}${grad ? backward : ''}after = {name: value for name, value in m.state_dict().items()}\n`
}

const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()

function comparisonOptions(member: ModuleCase): CompareOptions {
  const call = { args: member.inputs, kwargs: { ...member.kwargs, ...member.state_dict } }
  return {
    // Tolerances are those of the function of the same name.
    op: `nn.functional.${snakeCase(member.module.class)}`,
    inputs: [...recordedTensors(call).values()].map(({ shape }) => shape),
    f64dev: member.f64dev,
  }
}

const text = (v: string): GoldenValue => ({ t: 'str', v })

/** Members of a recorded dict; others that are there do not matter. */
function compareMembers(
  actual: unknown,
  expected: { readonly [name: string]: GoldenValue },
  options: CompareOptions,
): Comparison {
  if (typeof actual !== 'object' || actual === null) return different('it is missing')
  return worst(
    Object.entries(expected).map(([name, value]) =>
      at(name, compareValues(Reflect.get(actual, name), value, options)),
    ),
  )
}

/** Runs a module case; what it raises is thrown. */
export async function runModule(member: ModuleCase, env: Env): Promise<Outcome> {
  const { module, grad } = member
  const session = await sessionAfter(env, (fresh) => {
    fresh.defineAll({
      args: listOf(module.args),
      kwargs: dictOf(module.kwargs),
      state_dict: dictOf(member.state_dict),
      inputs: listOf(member.inputs),
      options: dictOf(member.kwargs),
      grad_outputs: listOf(grad?.grad_outputs ?? []),
    })
    fresh.run(moduleSource(member))
  })
  const options = comparisonOptions(member)
  const gradOptions: CompareOptions = { ...options, phase: 'grad', f64dev: grad?.f64dev }
  const read = (name: string) => session.read(name)
  return outcomeOf(
    worst([
      at('repr', compareValues(await read('text'), text(module.repr))),
      at('parameters', compareValues(await read('names'), listOf(member.params.map(text)))),
      at('out', compareValues(await read('out'), member.out, options)),
      grad
        ? at('grad', compareValues(await read('grads'), listOf(grad.grad_inputs), gradOptions))
        : same,
      grad
        ? at('grad', compareMembers(await read('grad_params'), grad.grad_params, gradOptions))
        : same,
      at('state_dict', compareMembers(await read('after'), member.state_dict_after ?? {}, options)),
    ]),
  )
}

/** Recorded values of a module case that a backend must hold. */
export const moduleInputs = ({ module, state_dict, inputs, kwargs }: ModuleCase): GoldenValue[] => [
  ...module.args,
  ...Object.values(module.kwargs),
  // A counter of batches is the only int64 that modules keep, and just a number.
  ...Object.entries(state_dict).flatMap(([name, value]) =>
    name.endsWith('num_batches_tracked') ? [] : [value],
  ),
  ...inputs,
  ...Object.values(kwargs),
]
