import { isFloat } from '@sconce/backend'
import { check, NotImplementedError, RuntimeError, type Tensor, zeros } from '@sconce/core'
import { checkDirtyReturned, FunctionContext } from './function-context.ts'
import { makeMeta, metaOf, needsGrad } from './meta.ts'
import { mode, noGrad } from './mode.ts'
import { type Gradients, Node, TensorInfo, type Wants } from './node.ts'
import { connect, gradFnOf } from './record/edges.ts'
import { NotImplemented } from './record/not-implemented.ts'
import { isTensor } from './record/rule.ts'
import { markView, rebaseHistory } from './record/views.ts'
import { SavedTensor } from './saved.ts'

/** The context, with what `forward` puts there for `backward`: `Context<{ scale: number }>`. */
export type Context<State = object> = FunctionContext & State

type GradientResult = Tensor | null | undefined | readonly (Tensor | null | undefined)[]

/** What `apply` looks for: the static side of a subclass of `Function`, or a plain object. */
export interface FunctionDefinition<A extends unknown[], R, State = object> {
  readonly name: string
  forward(ctx: Context<State>, ...args: A): R
  /** Gets the gradients of the results; returns those of all arguments, null where there is none. */
  backward(ctx: Context<State>, ...grads: never[]): GradientResult
}

/**
 * Base of functions with a backward of one's own; `torch.autograd.Function`.
 *
 *     class Exp extends Function {
 *       static forward(ctx: Context<{ k: number }>, x: Tensor, k: number) {
 *         const result = x.mul(k).exp()
 *         ctx.saveForBackward(result)
 *         ctx.k = k
 *         return result
 *       }
 *       static backward(ctx: Context<{ k: number }>, g: Tensor) {
 *         const [result] = ctx.savedTensors
 *         return [g.mul(result).mul(ctx.k), null]
 *       }
 *     }
 *     Exp.apply(x, 0.5)
 *
 * `backward` is recorded under `createGraph`, so it may be differentiated again.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: subclasses are written as in PyTorch
export class Function {
  /**
   * Runs `forward`, unrecorded, and makes `backward` its node.
   *
   * @throws RuntimeError in PyTorch's words for misuse of `markDirty`.
   */
  static apply<A extends unknown[], R, State>(
    this: FunctionDefinition<A, R, State>,
    ...args: A
  ): R {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that holds forward and backward
    return applyFunction(this, args)
  }

  static forward(..._args: never[]): unknown {
    throw new NotImplementedError(
      'You must implement the forward function for custom autograd.Function.',
    )
  }

  static backward(..._args: never[]): GradientResult {
    throw new NotImplementedError(
      'You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.',
    )
  }
}

/** The functional form of `Function`: runs the definition on the arguments. */
export function applyFunction<A extends unknown[], R, State = object>(
  definition: FunctionDefinition<A, R, State>,
  args: A,
): R {
  const needs = args.map((a) => isTensor(a) && needsGrad(a))
  // The state is what forward puts on the context.
  const ctx = new FunctionContext(needs) as Context<State>
  const recorded = mode.enabled && needs.includes(true)
  const result = noGrad(() => definition.forward(ctx, ...args))
  const { dirty } = FunctionContext.said(ctx)
  const list: unknown[] = Array.isArray(result) ? result : [result]
  checkDirtyReturned(dirty, list)
  for (const t of dirty) t.version.value++
  if (!recorded) return result
  const node = new FunctionNode(definition as AnyDefinition, ctx, args)
  const tensors = list.filter(isTensor)
  let output = 0
  const wrapped = list.map((value) =>
    isTensor(value) ? withNode(value, output++, tensors.length, node, ctx, args) : value,
  )
  FunctionContext.save(ctx, (t) => {
    const at = wrapped.indexOf(t)
    const isOutput = at >= 0 && metaOf(t)?.gradFn === node
    return isOutput ? new SavedTensor(t, node, metaOf(t)?.outputNr) : new SavedTensor(t, null)
  })
  // One value, or the list of them, as forward returned it.
  return (Array.isArray(result) ? wrapped : wrapped[0]) as R
}

type AnyDefinition = FunctionDefinition<unknown[], unknown>

/** A result with the node as its history; PyTorch's `_wrap_outputs`. */
function withNode(
  value: Tensor,
  output: number,
  count: number,
  node: FunctionNode,
  ctx: FunctionContext,
  args: readonly unknown[],
): Tensor {
  const { dirty, nonDifferentiable } = FunctionContext.said(ctx)
  const isInput = args.includes(value)
  node.metadata.push(new TensorInfo(value))
  if (nonDifferentiable.has(value) || !isFloat(value.dtype)) {
    if (!needsGrad(value)) return value
    return isInput ? value.detach() : value
  }
  if (dirty.has(value)) {
    check(
      !needsGrad(value) || gradFnOf(value) !== null,
      () => 'a leaf Variable that requires grad has been used in an in-place operation.',
    )
    check(
      !metaOf(value)?.base || count === 1,
      () =>
        'If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change.',
    )
    rebaseHistory(value, node)
    return value
  }
  // An argument that is returned as it was becomes a view, which can have this history.
  const result = isInput ? value.alias() : value
  if (isInput) markView(result, value, 'customFunction')
  const meta = makeMeta(result)
  meta.gradFn = node
  meta.outputNr = output
  meta.flag = false
  if (meta.base) {
    meta.creation = count > 1 ? 'multiOutput' : 'customFunction'
    meta.attrVersion = result.version.value
  }
  return result
}

/** Backward of a custom function. */
class FunctionNode extends Node {
  readonly #definition: AnyDefinition
  readonly #ctx: FunctionContext
  /** By argument, whether it is a tensor. */
  readonly #isTensor: readonly boolean[]

  constructor(definition: AnyDefinition, ctx: FunctionContext, args: readonly unknown[]) {
    super()
    this.#definition = definition
    this.#ctx = ctx
    this.#isTensor = args.map(isTensor)
    this.nextNodes = []
    this.nextInputs = []
    args.filter(isTensor).forEach((t, i) => {
      connect(this, i, t)
    })
  }

  get name(): string {
    return `${this.#definition.name}Backward`
  }

  /** What `ctx.savedTensors` gives; `grad_fn.saved_tensors`. */
  get savedTensors(): Tensor[] {
    return this.#ctx.savedTensors
  }

  override get foreign(): boolean {
    return true
  }

  apply(grads: Gradients, _wants: Wants): Gradients {
    const { materialize } = FunctionContext.said(this.#ctx)
    const given = grads.map((g, i) => g ?? (materialize ? this.#zeros(i) : null))
    const returned = this.#definition.backward(this.#ctx, ...(given as never[]))
    const list: readonly (Tensor | null | undefined)[] = Array.isArray(returned)
      ? returned
      : [returned as Tensor | null | undefined]
    const expected = this.#isTensor.length
    const extra = list.slice(expected)
    if (list.length < expected || extra.some((g) => g)) {
      throw new RuntimeError(
        `function ${this.name} returned an incorrect number of gradients (expected ${expected}, got ${list.length})`,
      )
    }
    const results: Gradients = []
    this.#isTensor.forEach((tensor, i) => {
      const g = list[i] ?? null
      if (tensor) results.push(g)
      else if (g) {
        throw new RuntimeError(
          `function ${this.name} returned a gradient different than None at position ${i + 1}, but the corresponding forward input was not a Variable`,
        )
      }
    })
    return results
  }

  #zeros(output: number): Tensor {
    const { shape, dtype, device } = this.metadata[output]
    return zeros(shape, { dtype, device: device.name })
  }

  override release(): void {
    FunctionContext.release(this.#ctx)
  }
}

/**
 * Marks a `backward` that can't be differentiated itself: it runs unrecorded, and a second derivative
 * through it is an error; `torch.autograd.function.once_differentiable`.
 */
export function onceDifferentiable<A extends unknown[]>(
  backward: (...args: A) => GradientResult,
): (...args: A) => GradientResult {
  return (...args) => {
    const result = noGrad(() => backward(...args))
    if (!mode.enabled || !args.some((a) => isTensor(a) && needsGrad(a))) return result
    const message =
      'trying to differentiate twice a function that was marked with @once_differentiable'
    const node = new NotImplemented(message, args)
    const refuse = (g: Tensor | null | undefined): Tensor | null => {
      if (!g) return null
      const alias = g.detach()
      const meta = makeMeta(alias)
      meta.gradFn = node
      meta.outputNr = node.metadata.length
      node.metadata.push(new TensorInfo(alias))
      return alias
    }
    return Array.isArray(result) ? result.map(refuse) : refuse(result as Tensor | null | undefined)
  }
}
