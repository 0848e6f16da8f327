import { enableGrad, noGrad } from '@sconce/autograd'
import {
  NotImplementedError,
  pythonText,
  Tensor,
  TypeError_,
  tensor,
  untracked,
  ValueError,
} from '@sconce/core'
import { camelKeys, snakeCase } from './options.ts'

/** A group of parameters with its options. */
export type ParamGroup<O> = O & {
  params: Tensor[]
  /** Set by schedulers: the learning rate to start from. */
  initialLr?: number
}

/** Parameters, or groups of them with options of their own. */
export type Params<O> =
  | Iterable<Tensor>
  | Iterable<{ params: Iterable<Tensor> | Tensor } & Partial<O>>

/** What every optimizer has: a learning rate. */
export interface BaseOptions {
  lr: number
}

/** State of a parameter as in PyTorch's files. */
type SavedState = Record<string, unknown>

/** A state dict in PyTorch's layout, in its spelling. */
export interface OptimizerState {
  /** By the number of the parameter. */
  state: Map<number, SavedState>
  param_groups: ({ params: number[] } & Record<string, unknown>)[]
}

/** What can be loaded: also what came out of a file, with an object for the map. */
export interface LoadableOptimizerState {
  state: ReadonlyMap<number, object> | Readonly<Record<string, object>>
  param_groups: readonly { params: readonly number[] }[]
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value

const typeName = (value: unknown): string =>
  value instanceof Tensor ? 'torch.Tensor' : value === null ? 'NoneType' : typeof value

/**
 * Base of all optimizers; `torch.optim.Optimizer`.
 *
 * @typeParam O the options of a group
 * @typeParam S what is kept for each parameter
 */
export class Optimizer<O extends BaseOptions = BaseOptions, S extends object = object> {
  /** Options of groups that don't give their own. */
  readonly defaults: O
  readonly paramGroups: ParamGroup<O>[] = []
  /** What is kept for each parameter that has been updated. */
  readonly state = new Map<Tensor, S>()
  /** How often `step` was called; schedulers look at it. */
  stepCount = 0
  /** Numbers of states that state dicts share as tensors, as long as anybody has them. */
  #exported: { state: S; name: string; shared: WeakRef<Tensor> }[] = []

  /**
   * @throws TypeError or ValueError in PyTorch's words for what can't be optimized.
   */
  constructor(params: Params<O>, defaults: O) {
    this.defaults = defaults
    if (params instanceof Tensor || !isIterable(params)) {
      throw new TypeError_(
        `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${typeName(params)}`,
      )
    }
    const given: unknown[] = [...params]
    if (given.length === 0) throw new ValueError('optimizer got an empty parameter list')
    const grouped = typeof given[0] === 'object' && given[0] !== null && 'params' in given[0]
    // What the groups hold is checked as they are added.
    const groups = (grouped ? given : [{ params: given }]) as Parameters<this['addParamGroup']>[0][]
    for (const group of groups) this.addParamGroup(group)
  }

  /**
   * Adds parameters with options of their own; `Optimizer.add_param_group`.
   *
   * @throws TypeError or ValueError in PyTorch's words, before anything is changed.
   */
  addParamGroup(group: { params: Iterable<Tensor> | Tensor } & Partial<O>): void {
    const { params: given, ...rest } = group
    const options = { ...this.defaults, ...camelKeys(rest) }
    if (Number.isNaN(options.lr)) {
      throw new ValueError(
        "parameter group didn't specify a value of required optimization parameter lr",
      )
    }
    if (given instanceof Set) {
      throw new TypeError_(
        'optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead.',
      )
    }
    const params = given instanceof Tensor ? [given] : [...given]
    for (const param of params) {
      if (!(param instanceof Tensor)) {
        throw new TypeError_(
          `optimizer can only optimize Tensors, but one of the params is ${typeName(param)}`,
        )
      }
      if (!param.isLeaf && !param.retainsGrad)
        throw new ValueError("can't optimize a non-leaf Tensor")
    }
    const known = new Set(this.paramGroups.flatMap((other) => other.params))
    if (params.some((param) => known.has(param)))
      throw new ValueError('some parameters appear in more than one parameter group')
    this.paramGroups.push({ ...options, params })
  }

  /** Zeroes the gradients, or drops them; `Optimizer.zero_grad`. */
  zeroGrad({ setToNone = false }: { setToNone?: boolean } = {}): void {
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        const { grad } = param
        if (grad === null) continue
        if (setToNone) param.grad = null
        else noGrad(() => (grad.requiresGrad ? grad.detach_() : grad).zero_())
      }
    }
  }

  /**
   * Updates all parameters that have a gradient; `Optimizer.step`. A `closure` computes the loss anew, and
   * its result is returned.
   */
  step(): undefined
  step<L>(closure: () => L): L
  step<L>(closure?: () => L): L | undefined {
    this.stepCount++
    const loss = closure && enableGrad(closure)
    for (const group of this.paramGroups) {
      for (const param of group.params) {
        const { grad } = param
        if (grad) this.update(param, grad, group, this.stateOf(param, group))
      }
    }
    if (this.#exported.length > 0) this.#refresh()
    return loss
  }

  /** Updates one parameter, in place; for optimizers that do so one by one. */
  protected update(_param: Tensor, _grad: Tensor, _group: ParamGroup<O>, _state: S): void {
    throw new NotImplementedError(`${this.constructor.name} has no update`)
  }

  /** The state of a parameter that has not been updated yet. */
  protected initialState(_param: Tensor, _group: ParamGroup<O>): S {
    throw new NotImplementedError(`${this.constructor.name} has no state`)
  }

  /** The state of a parameter, made where it has none. */
  protected stateOf(param: Tensor, group: ParamGroup<O>): S {
    const known = this.state.get(param)
    if (known) return known
    const made = kept(() => this.initialState(param, group))
    this.state.set(param, made)
    return made
  }

  /** Numbers of the state that PyTorch keeps as tensors. */
  protected get tensorNumbers(): readonly string[] {
    return []
  }

  /** A number of a state as the tensor that state dicts have for it, the same one every time. */
  #shared(state: S, name: string, value: number, device: string): Tensor {
    const known = this.#exported.find((e) => e.state === state && e.name === name)?.shared.deref()
    if (known) return known
    const made = kept(() => tensor(value, { dtype: 'float32', device }))
    this.#exported.push({ state, name, shared: new WeakRef(made) })
    return made
  }

  /** Brings what state dicts share with the state up to date. */
  #refresh(): void {
    this.#exported = this.#exported.filter(({ state, name, shared }) => {
      const known = shared.deref()
      if (known) noGrad(() => known.fill_(Number(Reflect.get(state, name))))
      return known !== undefined
    })
  }

  /** The state in PyTorch's layout and spelling; `Optimizer.state_dict`. Tensors are shared with it. */
  stateDict(): OptimizerState {
    const numbers = new Map<Tensor, number>()
    for (const { params } of this.paramGroups)
      for (const param of params) if (!numbers.has(param)) numbers.set(param, numbers.size)
    const state = new Map<number, SavedState>()
    for (const [param, values] of this.state) {
      const number = numbers.get(param)
      if (number === undefined) continue
      const entries = Object.entries(values).map(([name, value]) => [
        snakeCase(name),
        typeof value === 'number' && this.tensorNumbers.includes(name)
          ? this.#shared(values, name, value, param.device)
          : value,
      ])
      state.set(number, Object.fromEntries(entries))
    }
    const groups = this.paramGroups.map(({ params, ...options }) => ({
      ...Object.fromEntries(Object.entries(options).map(([name, v]) => [snakeCase(name), v])),
      params: params.map((param) => numbers.get(param) ?? -1),
    }))
    return { state, param_groups: groups }
  }

  /**
   * Takes over a copy of a state dict, of this library or of PyTorch; `Optimizer.load_state_dict`. Tensors
   * go to the device of their parameter, and to its dtype.
   *
   * @throws ValueError where the groups don't match, before anything is changed.
   */
  loadStateDict(saved: LoadableOptimizerState): void {
    const groups = saved.param_groups
    if (groups.length !== this.paramGroups.length)
      throw new ValueError('loaded state dict has a different number of parameter groups')
    if (groups.some(({ params }, i) => params.length !== this.paramGroups[i].params.length)) {
      throw new ValueError(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
      )
    }
    const entries: Iterable<[string | number, object]> =
      saved.state instanceof Map ? saved.state : Object.entries(saved.state)
    const byNumber = new Map(Array.from(entries, ([key, values]) => [Number(key), values]))
    const states = new Map<Tensor, S>()
    groups.forEach(({ params }, g) => {
      params.forEach((number, i) => {
        const values = byNumber.get(number)
        const param = this.paramGroups[g].params[i]
        // State of the shape that this optimizer, or PyTorch's, has saved.
        if (values) states.set(param, untracked(() => this.#loaded(values, param)) as S)
      })
    })
    groups.forEach(({ params: _, ...options }, g) => {
      Object.assign(this.paramGroups[g], camelKeys(options))
    })
    this.state.clear()
    for (const [param, state] of states) this.state.set(param, state)
  }

  #loaded(values: object, param: Tensor): Record<string, unknown> {
    const known = Object.entries(camelKeys(values)).map(([name, value]): [string, unknown] => {
      const isNumber = name === 'step' || this.tensorNumbers.includes(name)
      return [name, isNumber ? numberOf(value) : copied(value, param)]
    })
    return Object.fromEntries(known)
  }

  /** PyTorch's `repr`: the options of every group. */
  toString(): string {
    const groups = this.paramGroups.map(({ params: _, ...options }, i) => {
      const lines = Object.entries(options)
        .map(([name, value]) => `    ${snakeCase(name)}: ${pythonText(value)}\n`)
        .sort()
      return `\nParameter Group ${i}\n${lines.join('')}`
    })
    return `${this.constructor.name} (${groups.join('')})`
  }

  /** What Node's `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** What `make` makes for a state, which outlives any scope around the step. */
export const kept = <T>(make: () => T): T => untracked(() => noGrad(make))

const numberOf = (value: unknown): number =>
  value instanceof Tensor ? Number(value.item()) : Number(value)

/** A copy of what a state holds, where its parameter is. */
function copied(value: unknown, param: Tensor): unknown {
  if (value instanceof Tensor) {
    const dtype = param.isFloatingPoint() ? param.dtype : value.dtype
    return noGrad(() => value.detach().to(param.device, dtype, { copy: true }))
  }
  return Array.isArray(value) ? value.map((item) => copied(item, param)) : value
}
