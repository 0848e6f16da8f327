import { isFloat } from '@sconce/backend'
import { fromTypedArray, RuntimeError, randLike, type Tensor, ValueError } from '@sconce/core'
import { grad } from './backward.ts'
import type { TensorFunction, Tensors } from './functional.ts'
import { needsGrad } from './meta.ts'
import { enableGrad, noGrad } from './mode.ts'

/** What `gradcheck` throws for a wrong derivative. */
export class GradcheckError extends RuntimeError {}

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** Step of the finite differences. */
  eps?: number
  atol?: number
  rtol?: number
  /** Throw (default), or return false. */
  raiseException?: boolean
}

const listOf = (x: Tensors): readonly Tensor[] => (Array.isArray(x) ? x : [x as Tensor])

/** By output element, then input element, row after row. */
type Matrix = Float64Array

const numbers = (t: Tensor): Float64Array =>
  Float64Array.from(t.detach().to('float64').toTypedArray() as ArrayLike<number>)

/** The differentiable outputs of the function. */
const outputsOf = (fn: TensorFunction, inputs: readonly Tensor[]): Tensor[] =>
  listOf(fn(...inputs)).filter((o) => isFloat(o.dtype))

/** Central differences with respect to one input, by output. */
function numerical(
  fn: TensorFunction,
  inputs: readonly Tensor[],
  k: number,
  eps: number,
): Matrix[] {
  const x = inputs[k]
  const base = numbers(x)
  const at = (i: number, value: number): Float64Array[] => {
    const data = base.slice()
    data[i] = value
    const moved = fromTypedArray(data, x.shape, { device: x.device }).to(x.dtype)
    const args = inputs.map((t, j) => (j === k ? moved : t.detach()))
    return noGrad(() => outputsOf(fn, args)).map(numbers)
  }
  const columns = Array.from(base, (value, i) => {
    const up = at(i, value + eps)
    const down = at(i, value - eps)
    return up.map((u, o) => u.map((v, e) => (v - down[o][e]) / (2 * eps)))
  })
  const count = outputsOf(fn, inputs).length
  return Array.from({ length: count }, (_, o) => {
    const rows = columns[0]?.[o].length ?? 0
    const matrix = new Float64Array(rows * columns.length)
    columns.forEach((column, i) => {
      column[o].forEach((v, e) => {
        matrix[e * columns.length + i] = v
      })
    })
    return matrix
  })
}

/** The Jacobian by backward, one output element at a time. */
function analytical(out: Tensor, x: Tensor): Matrix {
  const rows = out.numel()
  const columns = x.numel()
  const matrix = new Float64Array(rows * columns)
  if (!needsGrad(out)) return matrix
  for (let e = 0; e < rows; e++) {
    const unit = new Float64Array(rows)
    unit[e] = 1
    const gradOutputs = fromTypedArray(unit, out.shape, { device: out.device }).to(out.dtype)
    const [g] = grad(out, x, { gradOutputs, retainGraph: true, allowUnused: true })
    if (g) matrix.set(numbers(g), e * columns)
  }
  return matrix
}

const shown = (matrix: Matrix, columns: number): string =>
  Array.from({ length: columns === 0 ? 0 : matrix.length / columns }, (_, r) =>
    Array.from(matrix.subarray(r * columns, (r + 1) * columns), (v) => v.toPrecision(6)).join(' '),
  ).join('\n')

/**
 * Checks gradients against finite differences; `torch.autograd.gradcheck`. Inputs that require grad
 * should be float64: the default tolerances are for that.
 *
 * @throws GradcheckError for a mismatch, unless `raiseException` is false; ValueError where no input
 * requires grad.
 */
export function gradcheck(
  fn: TensorFunction,
  inputs: Tensors,
  { eps = 1e-6, atol = 1e-5, rtol = 1e-3, raiseException = true }: GradcheckOptions = {},
): boolean {
  const list = listOf(inputs)
  const checked = list.flatMap((t, k) => (needsGrad(t) ? [k] : []))
  if (checked.length === 0) {
    throw new ValueError(
      'gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.',
    )
  }
  for (const k of checked) {
    const expected = numerical(fn, list, k, eps)
    const outputs = enableGrad(() => outputsOf(fn, list))
    for (let o = 0; o < outputs.length; o++) {
      const found = analytical(outputs[o], list[k])
      const wrong = found.some(
        (v, i) => !(Math.abs(v - expected[o][i]) <= atol + rtol * Math.abs(expected[o][i])),
      )
      if (!wrong) continue
      if (!raiseException) return false
      const columns = list[k].numel()
      throw new GradcheckError(
        `Jacobian mismatch for output ${o} with respect to input ${k},\nnumerical:\n${shown(expected[o], columns)}\nanalytical:\n${shown(found, columns)}\n`,
      )
    }
  }
  return true
}

/**
 * Checks second derivatives: `gradcheck` of the gradients, with respect to the inputs and to the
 * gradients of the outputs, which are random unless given; `torch.autograd.gradgradcheck`.
 */
export function gradgradcheck(
  fn: TensorFunction,
  inputs: Tensors,
  gradOutputs?: Tensors,
  options: GradcheckOptions = {},
): boolean {
  const list = listOf(inputs)
  const given = gradOutputs
    ? listOf(gradOutputs)
    : noGrad(() => outputsOf(fn, list).map((o) => randLike(o)))
  const cotangents = given.map((g) => g.detach().requiresGrad_())
  const first = (...all: Tensor[]): Tensor[] =>
    enableGrad(() => {
      const xs = all.slice(0, list.length).map((t, k) => {
        return needsGrad(list[k]) && !needsGrad(t) ? t.detach().requiresGrad_() : t
      })
      const outputs = outputsOf(fn, xs)
      const differentiable = outputs.flatMap((out, i) => (needsGrad(out) ? [i] : []))
      return grad(
        differentiable.map((i) => outputs[i]),
        xs.filter((t) => needsGrad(t)),
        {
          gradOutputs: differentiable.map((i) => all[list.length + i]),
          createGraph: true,
          allowUnused: true,
        },
      ).filter((g) => g !== null)
    })
  return gradcheck(first, [...list, ...cotangents], options)
}
