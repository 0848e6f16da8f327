import { enableGrad, noGrad } from '@sconce/autograd'
import { cat, RuntimeError, type Tensor, untracked, ValueError } from '@sconce/core'
import { type BaseOptions, Optimizer, type Params } from './optimizer.ts'
import { type OptionArguments, withDefaults } from './options.ts'
import { type Evaluation, strongWolfe } from './strong-wolfe.ts'

/** Options of `LBFGS`. */
export interface LBFGSOptions extends BaseOptions {
  lr: number
  /** Iterations of a step. */
  maxIter: number
  /** Evaluations of a step. Default: 5/4 of `maxIter`. */
  maxEval: number
  /** Ends a step where no element of the gradient is larger. */
  toleranceGrad: number
  /** Ends a step where loss or parameters change less. */
  toleranceChange: number
  /** How many changes are kept. */
  historySize: number
  lineSearchFn: 'strong_wolfe' | null | undefined
}

/** What a step leaves for the next one. */
interface LBFGSState {
  funcEvals: number
  nIter: number
  /** Direction and length of the last step. */
  d?: Tensor
  t?: number
  /** Changes of the gradient and of the parameters, and the inverse of their products. */
  oldDirs: Tensor[]
  oldStps: Tensor[]
  ro: number[]
  /** Scale of the first guess of the inverse Hessian. */
  HDiag: number
  prevFlatGrad?: Tensor
  prevLoss?: number
}

const defaults: LBFGSOptions = {
  lr: 1,
  maxIter: 20,
  maxEval: Number.NaN,
  toleranceGrad: 1e-7,
  toleranceChange: 1e-9,
  historySize: 100,
  lineSearchFn: undefined,
}

const numberOf = (loss: Tensor | number): number =>
  typeof loss === 'number' ? loss : Number(loss.item())

/** Numbers are rounded as tensors of the parameters' dtype would be. */
type Round = (x: number) => number
const exact: Round = (x) => x
const roundingOf = ({ dtype }: Tensor): Round => (dtype === 'float64' ? exact : Math.fround)

const dot = (a: Tensor, b: Tensor): number => Number(a.dot(b).item())
const largest = (t: Tensor): number => Number(t.abs().max().item())

/**
 * A quasi-Newton method with limited memory, Liu & Nocedal (1989), after Schmidt's minFunc;
 * `torch.optim.LBFGS`. A step needs a closure, which it calls several times, and reads numbers from the device.
 *
 * @throws ValueError for more than one group of parameters.
 */
export class LBFGS extends Optimizer<LBFGSOptions, LBFGSState> {
  constructor(params: Params<LBFGSOptions>, ...args: OptionArguments<LBFGSOptions>) {
    const options = withDefaults(defaults, args)
    if (Number.isNaN(options.maxEval)) options.maxEval = Math.floor((options.maxIter * 5) / 4)
    super(params, options)
    if (this.paramGroups.length !== 1)
      throw new ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
  }

  protected override initialState(): LBFGSState {
    return { funcEvals: 0, nIter: 0, oldDirs: [], oldStps: [], ro: [], HDiag: 1 }
  }

  get #params(): readonly Tensor[] {
    return this.paramGroups[0].params
  }

  /** The gradients of all parameters in one vector. */
  #gradient(): Tensor {
    return cat(this.#params.map((p) => (p.grad ? p.grad.detach() : p.zerosLike()).reshape([-1])))
  }

  /** Moves all parameters along a direction. */
  #move(direction: Tensor, length: number): void {
    let offset = 0
    for (const p of this.#params) {
      const count = p.numel()
      p.add_(direction.narrow(0, offset, count).view(p.shape), { alpha: length })
      offset += count
    }
  }

  /**
   * Runs `maxIter` iterations; returns the loss before the first of them.
   *
   * @throws RuntimeError without a closure, and for an unknown line search.
   */
  override step(): undefined
  override step<L>(closure: () => L): L
  override step<L>(closure?: () => L): L | undefined {
    if (!closure) throw new RuntimeError('LBFGS needs a closure that computes the loss')
    this.stepCount++
    // Directions and gradients are kept from step to step, whatever scope is around.
    return untracked(() => noGrad(() => this.#step(closure)))
  }

  #step<L>(closure: () => L): L {
    const [group] = this.paramGroups
    const state = this.stateOf(group.params[0], group)
    const first = enableGrad(closure)
    // What the closure returns is a loss: a number, or a tensor of one element.
    let loss = numberOf(first as Tensor | number)
    const evaluate = (): number => {
      loss = numberOf(enableGrad(closure) as Tensor | number)
      return loss
    }
    let evaluations = 1
    state.funcEvals++
    let gradient = this.#gradient()
    const round = roundingOf(gradient)
    if (largest(gradient) <= group.toleranceGrad) return first
    for (let i = 1; i <= group.maxIter; i++) {
      state.nIter++
      const direction = this.#direction(state, gradient, group.historySize)
      state.d = direction
      state.prevFlatGrad = gradient
      const before = loss
      state.prevLoss = before
      const initial = state.nIter === 1
      state.t = initial
        ? round(Math.min(1, round(1 / Number(gradient.abs().sum().item()))) * group.lr)
        : group.lr
      const slope = dot(gradient, direction)
      if (slope > -group.toleranceChange) break
      let evaluated = 0
      if (group.lineSearchFn) {
        const found = this.#search(evaluate, { loss, gradient, slope }, direction, state.t)
        ;({ loss, gradient } = found)
        state.t = found.length
        evaluated = found.evaluations
        this.#move(direction, state.t)
      } else {
        this.#move(direction, state.t)
        // After the last iteration the loss would not be looked at.
        if (i !== group.maxIter) {
          evaluate()
          gradient = this.#gradient()
          evaluated = 1
        }
      }
      evaluations += evaluated
      state.funcEvals += evaluated
      const isDone =
        evaluations >= group.maxEval ||
        largest(gradient) <= group.toleranceGrad ||
        largest(direction) * Math.abs(state.t) <= group.toleranceChange ||
        Math.abs(loss - before) < group.toleranceChange
      if (isDone) break
    }
    return first
  }

  #search(evaluate: () => number, start: Evaluation, direction: Tensor, length: number) {
    const { lineSearchFn, toleranceChange } = this.paramGroups[0]
    if (lineSearchFn !== 'strong_wolfe') throw new RuntimeError("only 'strong_wolfe' is supported")
    const origin = this.#params.map((p) => p.detach().clone())
    const at = (t: number): Evaluation => {
      this.#move(direction, t)
      const loss = evaluate()
      const gradient = this.#gradient()
      this.#params.forEach((p, i) => {
        p.copy_(origin[i])
      })
      return { loss, gradient, slope: dot(gradient, direction) }
    }
    return strongWolfe(
      at,
      start,
      length,
      largest(direction),
      toleranceChange,
      roundingOf(direction),
    )
  }

  /** The approximate inverse Hessian times the negative gradient, by the two loops. */
  #direction(state: LBFGSState, gradient: Tensor, historySize: number): Tensor {
    const { d, t, prevFlatGrad, oldDirs, oldStps, ro } = state
    if (state.nIter === 1 || !d || t === undefined || !prevFlatGrad) {
      state.oldDirs = []
      state.oldStps = []
      state.ro = []
      state.HDiag = 1
      return gradient.neg()
    }
    const round = roundingOf(gradient)
    const y = gradient.sub(prevFlatGrad)
    const s = d.mul(t)
    const ys = dot(y, s)
    if (ys > 1e-10) {
      if (oldDirs.length === historySize) for (const list of [oldDirs, oldStps, ro]) list.shift()
      oldDirs.push(y)
      oldStps.push(s)
      ro.push(round(1 / ys))
      state.HDiag = round(ys / dot(y, y))
    }
    const q = gradient.neg()
    const factors: number[] = []
    for (let i = oldDirs.length - 1; i >= 0; i--) {
      factors[i] = round(dot(oldStps[i], q) * ro[i])
      q.sub_(oldDirs[i], { alpha: factors[i] })
    }
    const r = q.mul(state.HDiag)
    oldDirs.forEach((change, i) => {
      r.add_(oldStps[i], { alpha: round(factors[i] - round(dot(change, r) * ro[i])) })
    })
    return r
  }
}
