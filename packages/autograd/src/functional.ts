import { elementCount } from '@sconce/backend'
import {
  check,
  onesLike,
  RuntimeError,
  sameShape,
  stack,
  type Tensor,
  zerosLike,
} from '@sconce/core'
import { grad } from './backward.ts'
import { needsGrad } from './meta.ts'
import { enableGrad, noGrad } from './mode.ts'

/** One tensor, or several. */
export type Tensors = Tensor | readonly Tensor[]
/** A function of as many tensors as inputs are given. */
export type TensorFunction = (...inputs: Tensor[]) => Tensors

/** Options of the transforms. */
export interface TransformOptions {
  /** Keeps the results differentiable. */
  createGraph?: boolean
}

const listOf = (x: Tensors): readonly Tensor[] => (Array.isArray(x) ? x : [x as Tensor])
/** The list in the form of `like`: the tensor itself where that was one. */
const inFormOf = <T>(like: Tensors, list: readonly T[]): T | readonly T[] =>
  Array.isArray(like) ? list : list[0]

/** Inputs as the transforms differentiate by them; copies without history unless a graph is wanted. */
function prepared(inputs: Tensors, createGraph: boolean): Tensor[] {
  return listOf(inputs).map((x) =>
    createGraph && needsGrad(x) ? x.viewAs(x) : x.detach().requiresGrad_(),
  )
}

const finished = (tensors: readonly Tensor[], createGraph: boolean): Tensor[] =>
  tensors.map((t) => (createGraph ? t : t.detach()))

/** Gradients with zeros for what isn't used. */
function gradients(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  gradOutputs: readonly Tensor[] | undefined,
  createGraph: boolean,
): Tensor[] {
  const used = outputs.flatMap((out, i) => (needsGrad(out) ? [i] : []))
  if (used.length === 0) return inputs.map((x) => zerosLike(x))
  const found = grad(
    used.map((i) => outputs[i]),
    inputs,
    {
      gradOutputs: gradOutputs && used.map((i) => gradOutputs[i]),
      createGraph,
      retainGraph: true,
      allowUnused: true,
    },
  )
  return found.map((g, i) => g ?? zerosLike(inputs[i]))
}

/** Vectors that fit `like`; ones for a single element. */
function vectors(
  v: Tensors | undefined,
  like: readonly Tensor[],
  what: 'input' | 'output',
): readonly Tensor[] {
  if (v === undefined) {
    check(like.length === 1 && like[0].numel() === 1, () =>
      what === 'output'
        ? 'The vector v can only be None if the user-provided function returns a single Tensor with a single element.'
        : 'The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.',
    )
    return [onesLike(like[0])]
  }
  const list = listOf(v)
  list.forEach((t, i) => {
    check(
      like[i] !== undefined && sameShape(t.shape, like[i].shape),
      () =>
        `v has invalid size: should be torch.Size([${like[i]?.shape.join(', ')}]) but got torch.Size([${t.shape.join(', ')}]).`,
    )
  })
  return list
}

/**
 * The outputs of `fn` and `vᵀ · J`: one vector for each input; `torch.autograd.functional.vjp`.
 * Without `v` the output must have one element.
 */
export function vjp(
  fn: TensorFunction,
  inputs: Tensors,
  v?: Tensors,
  { createGraph = false }: TransformOptions = {},
): [output: Tensors, vjp: Tensors] {
  return enableGrad(() => {
    const xs = prepared(inputs, createGraph)
    const out = fn(...xs)
    const outputs = listOf(out)
    const result = gradients(outputs, xs, vectors(v, outputs, 'output'), createGraph)
    return [
      inFormOf(out, finished(outputs, createGraph)),
      inFormOf(inputs, finished(result, createGraph)),
    ]
  })
}

/**
 * The outputs of `fn` and `J · v`: one vector for each output, by differentiating `vjp` with respect
 * to its vector; `torch.autograd.functional.jvp`. Without `v` the input must have one element.
 */
export function jvp(
  fn: TensorFunction,
  inputs: Tensors,
  v?: Tensors,
  { createGraph = false }: TransformOptions = {},
): [output: Tensors, jvp: Tensors] {
  return enableGrad(() => {
    const xs = prepared(inputs, createGraph)
    const vs = vectors(v, xs, 'input')
    const out = fn(...xs)
    const outputs = listOf(out)
    const dual = outputs.map((o) => zerosLike(o).requiresGrad_())
    const pulled = gradients(outputs, xs, dual, true)
    const pushed = gradients(pulled, dual, vs, createGraph)
    return [
      inFormOf(out, finished(outputs, createGraph)),
      inFormOf(out, finished(pushed, createGraph)),
    ]
  })
}

/** The derivative of every element of `out` by `x`: shape of `out`, then shape of `x`. */
function jacobianOf(out: Tensor, xs: readonly Tensor[], createGraph: boolean): Tensor[] {
  const flat = out.reshape([-1])
  const rows = Array.from({ length: elementCount(out.shape) }, (_, i) =>
    gradients([flat.select(0, i)], xs, undefined, createGraph),
  )
  return xs.map((x, k) =>
    rows.length === 0
      ? x.newZeros([...out.shape, ...x.shape])
      : stack(rows.map((row) => row[k])).view([...out.shape, ...x.shape]),
  )
}

/**
 * The Jacobian of `fn`: for one output and one input a tensor of the output's shape followed by the
 * input's; for several a list by output of lists by input. `torch.autograd.functional.jacobian`.
 */
export function jacobian(fn: TensorFunction, inputs: Tensor, options?: TransformOptions): Tensor
export function jacobian(
  fn: TensorFunction,
  inputs: Tensors,
  options?: TransformOptions,
): Tensor | readonly Tensor[] | readonly (readonly Tensor[])[]
export function jacobian(
  fn: TensorFunction,
  inputs: Tensors,
  { createGraph = false }: TransformOptions = {},
): Tensor | readonly Tensor[] | readonly (readonly Tensor[])[] {
  return enableGrad(() => {
    const xs = prepared(inputs, createGraph)
    const out = fn(...xs)
    const rows = listOf(out).map((o) =>
      inFormOf(inputs, finished(jacobianOf(o, xs, createGraph), createGraph)),
    )
    // By output, in the form of the outputs: a tensor or list of them by input.
    return (Array.isArray(out) ? rows : rows[0]) as Tensor | readonly Tensor[]
  })
}

/** The only output of a function that must have one element. */
function scalarOutput(out: Tensors, name: string): Tensor {
  const outputs = listOf(out)
  if (outputs.length !== 1) {
    throw new RuntimeError(`The function given to ${name} should return a single Tensor`)
  }
  check(
    outputs[0].numel() === 1,
    () => `The Tensor returned by the function given to ${name} should contain a single element`,
  )
  return outputs[0].reshape([])
}

/**
 * The second derivatives of a function with one element as output: for one input a tensor of its shape
 * twice, for several a list of lists. `torch.autograd.functional.hessian`.
 */
export function hessian(fn: TensorFunction, inputs: Tensor, options?: TransformOptions): Tensor
export function hessian(
  fn: TensorFunction,
  inputs: Tensors,
  options?: TransformOptions,
): Tensor | readonly (readonly Tensor[])[]
export function hessian(
  fn: TensorFunction,
  inputs: Tensors,
  options: TransformOptions = {},
): Tensor | readonly (readonly Tensor[])[] {
  const first = (...xs: Tensor[]): Tensors => {
    const out = scalarOutput(fn(...xs), 'hessian')
    return inFormOf(inputs, gradients([out], xs, undefined, true))
  }
  // A list of inputs gives a list of gradients, hence lists of lists.
  return jacobian(first, inputs, options) as Tensor | readonly (readonly Tensor[])[]
}

/**
 * The output of `fn` and `vᵀ · H`; `torch.autograd.functional.vhp`. Cheaper than `hvp`, and the same
 * where the Hessian is symmetric.
 */
export function vhp(
  fn: TensorFunction,
  inputs: Tensors,
  v?: Tensors,
  { createGraph = false }: TransformOptions = {},
): [output: Tensor, vhp: Tensors] {
  return enableGrad(() => {
    const xs = prepared(inputs, createGraph)
    const vs = vectors(v, xs, 'input')
    const out = scalarOutput(fn(...xs), 'vhp')
    const first = gradients([out], xs, undefined, true)
    const second = gradients(first, xs, vs, createGraph)
    return [finished([out], createGraph)[0], inFormOf(inputs, finished(second, createGraph))]
  })
}

/** The output of `fn` and `H · v`; `torch.autograd.functional.hvp`. */
export function hvp(
  fn: TensorFunction,
  inputs: Tensors,
  v?: Tensors,
  { createGraph = false }: TransformOptions = {},
): [output: Tensor, hvp: Tensors] {
  return enableGrad(() => {
    const xs = prepared(inputs, createGraph)
    const vs = vectors(v, xs, 'input')
    const out = scalarOutput(fn(...xs), 'hvp')
    const first = gradients([out], xs, undefined, true)
    const dual = first.map((g) => noGrad(() => zerosLike(g)).requiresGrad_())
    const pulled = gradients(first, xs, dual, true)
    const pushed = gradients(pulled, dual, vs, createGraph)
    return [finished([out], createGraph)[0], inFormOf(inputs, finished(pushed, createGraph))]
  })
}
