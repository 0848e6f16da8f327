/** Pointwise ops: the result at an element depends on the arguments at that element, however they lie. */
import type { DType } from '@sconce/backend'
import type { Tensor } from '@sconce/core'
import { at, type Comparison, different, worst } from '../compare/comparison.ts'
import type { Env } from '../execute/context.ts'
import type { GeneratedCall } from './calls.ts'
import { attempt, compareFound, type Found } from './compare.ts'
import { type Elements, elements, layouts, repeated, upload } from './layouts.ts'

/** Checks one axis; compares pairs of ways to the same result. */
type Axis = (call: GeneratedCall, dtype: DType, env: Env) => AsyncGenerator<Comparison>

const shapes = [
  [3, 4],
  [2, 3, 5],
  [2, 1, 3, 1, 2],
]

const argumentsOf = (call: GeneratedCall, dtype: DType, shape: readonly number[]): Elements[] =>
  Array.from({ length: call.arity }, (_, i) => elements(dtype, shape, i + 1))

const uploaded = (args: readonly Elements[], { device }: Env): Tensor[] =>
  args.map((arg) => upload(arg, device))

const run = (call: GeneratedCall, tensors: readonly Tensor[]): Found =>
  attempt(() => call.run(tensors))

/** Every argument in every layout, the others as they come. */
async function* stride(...[call, dtype, env]: Parameters<Axis>): AsyncGenerator<Comparison> {
  for (const shape of shapes) {
    const args = argumentsOf(call, dtype, shape)
    const plain = uploaded(args, env)
    const expected = run(call, plain)
    for (const [name, lay] of Object.entries(layouts)) {
      for (const i of args.keys()) {
        const tensors = plain.with(i, lay(args[i], env.device))
        const found = await compareFound(run(call, tensors), expected, call.operation.name)
        yield at(`argument ${i} [${shape}] ${name}`, found)
      }
    }
  }
}

/** An argument of stride 0, and arguments of fewer or narrower dims. */
async function* broadcast(...[call, dtype, env]: Parameters<Axis>): AsyncGenerator<Comparison> {
  const shape = [3, 4]
  const args = argumentsOf(call, dtype, shape)
  for (const i of args.keys()) {
    for (const dim of shape.keys()) {
      const [full, view] = repeated(args[i], dim, env.device)
      const plain = uploaded(args.with(i, full), env)
      const expected = run(call, plain)
      const expanded = await compareFound(
        run(call, plain.with(i, view)),
        expected,
        call.operation.name,
      )
      yield at(`argument ${i} expanded along ${dim}`, expanded)
      if (call.arity < 2) continue
      const narrow = view.narrow(dim, 0, 1)
      const small = dim === 0 ? [narrow, narrow.squeeze(0)] : [narrow]
      for (const operand of small) {
        const found = run(call, plain.with(i, operand))
        const compared = await compareFound(found, expected, call.operation.name)
        yield at(`argument ${i} [${operand.shape}] with [3,4]`, compared)
      }
    }
  }
}

/** No elements, and just one with no dims. */
async function* extent(...[call, dtype, env]: Parameters<Axis>): AsyncGenerator<Comparison> {
  const typical = run(call, uploaded(argumentsOf(call, dtype, [2]), env))
  for (const shape of [[0], [0, 3], [3, 0, 2]]) {
    const found = run(call, uploaded(argumentsOf(call, dtype, shape), env))
    yield at(`[${shape}]`, compareKinds(found, typical, shape))
  }
  const args = argumentsOf(call, dtype, [1])
  const expected = run(call, uploaded(args, env))
  const scalars = uploaded(args, env).map((tensor) => tensor.reshape([]))
  const flat = run(call, scalars)
  const reshaped = 'tensors' in flat ? { tensors: flat.tensors.map((t) => t.reshape([1])) } : flat
  yield at('no dims', await compareFound(reshaped, expected, call.operation.name))
}

/** Shapes and dtypes of results without elements. */
function compareKinds(actual: Found, typical: Found, shape: readonly number[]): Comparison {
  if ('error' in typical || 'error' in actual) {
    const refused = 'error' in typical && 'error' in actual
    return refused
      ? worst([])
      : different('refused, though the op takes such arguments, or the reverse')
  }
  for (const [i, tensor] of actual.tensors.entries()) {
    const { dtype } = typical.tensors[i]
    if (tensor.dtype !== dtype) return different(`expected ${dtype}, got ${tensor.dtype}`)
    if (`${tensor.shape}` !== `${shape}`) return different(`got [${tensor.shape}]`)
  }
  return worst([])
}

/** Lengths on both sides of every width that a device may work in. */
const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 127, 129]

/** The first elements of a longer result. */
async function* length(...[call, dtype, env]: Parameters<Axis>): AsyncGenerator<Comparison> {
  const longest = lengths[lengths.length - 1]
  const args = argumentsOf(call, dtype, [longest])
  const all = run(call, uploaded(args, env))
  for (const count of lengths) {
    const shorter = args.map(({ values }) => ({
      dtype,
      shape: [count],
      values: values.slice(0, count),
    }))
    const expected =
      'tensors' in all ? { tensors: all.tensors.map((t) => t.narrow(0, 0, count)) } : all
    const found = run(call, uploaded(shorter, env))
    yield at(`[${count}]`, await compareFound(found, expected, call.operation.name))
  }
}

/** Into a view: the elements between stay as they are. */
async function* inplace(...[call, dtype, env]: Parameters<Axis>): AsyncGenerator<Comparison> {
  const { inplace: change } = call
  if (!change) return
  const base = elements(dtype, [4, 6], 5)
  const [, ...others] = uploaded(argumentsOf(call, dtype, [4, 3]), env)
  for (const begin of [0, 1]) {
    const changed = upload(base, env.device)
    const view = changed.slice(1, begin, undefined, 2)
    const kept = changed.slice(1, 1 - begin, undefined, 2)
    const before = upload(base, env.device)
    const expected = run(call, [before.slice(1, begin, undefined, 2), ...others])
    const found = attempt(() => change([view, ...others]))
    // What the op may widen, its in-place form may have to refuse.
    if ('error' in found) continue
    if ('tensors' in expected) {
      const narrowed = { tensors: expected.tensors.map((t) => t.to(dtype)) }
      const compared = await compareFound({ tensors: [view] }, narrowed, call.operation.name)
      yield at('in place', compared)
    }
    const rest = { tensors: [before.slice(1, 1 - begin, undefined, 2)] }
    yield at('beside what is changed', await compareFound({ tensors: [kept] }, rest, ''))
  }
}

/** By name. */
export const pointwiseAxes: Readonly<Record<string, Axis>> = {
  stride,
  broadcast,
  extent,
  length,
  'in place': inplace,
}
