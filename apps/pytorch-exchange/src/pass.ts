import type { nn, Tensor } from 'sconce'

/** Output and gradients of one forward and backward pass: `run` of python/exchange.py. */
export function pass(model: nn.Layer, x: Tensor): Map<string, Tensor> {
  model.zeroGrad()
  const output = model.call(x)
  output.pow(2).mean().backward()
  const results = new Map<string, Tensor>([['output', output.detach()]])
  for (const [name, parameter] of model.namedParameters()) {
    if (parameter.grad) results.set(`grad.${name}`, parameter.grad)
  }
  return results
}

/** The largest difference of any element of the tensors that have the same names. */
export async function difference(
  ours: ReadonlyMap<string, Tensor>,
  theirs: ReadonlyMap<string, Tensor>,
): Promise<number> {
  const names = [...ours.keys()].sort()
  if (String(names) !== String([...theirs.keys()].sort())) {
    throw new Error(`there are ${names} here, but ${[...theirs.keys()]} there`)
  }
  let largest = 0
  for (const [name, t] of ours) {
    const other = theirs.get(name)
    if (other) largest = Math.max(largest, await t.sub(other).abs().max().itemAsync())
  }
  return largest
}

/** Entries of which the names start with a prefix, or don't. */
export const having = (
  tensors: ReadonlyMap<string, Tensor>,
  prefix: string,
  on = true,
): Map<string, Tensor> => new Map([...tensors].filter(([name]) => name.startsWith(prefix) === on))
