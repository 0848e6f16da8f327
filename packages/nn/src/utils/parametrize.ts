/** Tensors of a module as functions of others; `torch.nn.utils.parametrize`. */
import { noGrad } from '@sconce/autograd'
import {
  AttributeError,
  NotImplementedError,
  RuntimeError,
  sameShape,
  Tensor,
  torchSize,
  ValueError,
} from '@sconce/core'
import { ModuleDict, ModuleList } from '../containers/module-list.ts'
import { callModule } from '../module/call.ts'
import { memberOf, propertyOf, removeMember } from '../module/members.ts'
import type { Module } from '../module/module.ts'
import { isParameter, Parameter } from '../parameter.ts'

type Originals = Tensor | readonly Tensor[]

/** A function from one tensor, or several, to one; it may say how it is undone. */
export type Parametrization = Module & {
  rightInverse?(value: Tensor): Originals
}

const isList = (value: Originals): value is readonly Tensor[] => Array.isArray(value)

/** Computed tensors, while they are kept. */
let cache: Map<ParametrizationList, Tensor> | null = null

/** Computes every parametrized tensor once during `body`; `parametrize.cached`. */
export function cached<T>(body: () => T): T {
  const outer = cache
  cache ??= new Map()
  try {
    return body()
  } finally {
    cache = outer
  }
}

function registerTensor(module: Module, name: string, t: Tensor): void {
  if (isParameter(t)) module.registerParameter(name, t)
  else module.registerBuffer(name, t)
}

function checkUnchanged(before: Tensor, after: unknown, what: string): asserts after is Tensor {
  if (!(after instanceof Tensor))
    throw new ValueError(`A parametrization must return a tensor. Got ${typeof after}.`)
  if (after.dtype !== before.dtype) {
    throw new ValueError(
      `Registering a parametrization may not change the dtype of the tensor, unless \`unsafe\` flag is enabled.\n${what} dtype: torch.${before.dtype}\nparametrized dtype: torch.${after.dtype}`,
    )
  }
  if (!sameShape(after.shape, before.shape)) {
    throw new ValueError(
      `Registering a parametrization may not change the shape of the tensor, unless \`unsafe\` flag is enabled.\n${what} shape: ${torchSize(before.shape)}\nparametrized shape: ${torchSize(after.shape)}`,
    )
  }
}

/** What gives `value`; where that is not known, and need not be, `value` itself. */
function undone(parametrization: Parametrization, value: Tensor, all: boolean): Originals {
  try {
    return parametrization.rightInverse?.(value) ?? value
  } catch (error) {
    if (all || !(error instanceof NotImplementedError)) throw error
    return value
  }
}

/** The parametrizations of a tensor, one after the other, and what they start from. */
export class ParametrizationList extends ModuleList<Parametrization> {
  readonly isTensor: boolean
  readonly count: number

  constructor(parametrizations: readonly Parametrization[], original: Tensor) {
    super(parametrizations)
    const start = noGrad(() => this.undo(original))
    this.isTensor = !isList(start)
    this.count = isList(start) ? start.length : 1
    if (!isList(start)) {
      if (start !== original) original.setData(start.detach().clone())
      registerTensor(this, 'original', original)
      return
    }
    start.forEach((t, i) => {
      const copy = t.detach().clone()
      const kept = isParameter(original) ? new Parameter(copy, original.requiresGrad) : copy
      registerTensor(this, `original${i}`, kept)
    })
  }

  /** What the parametrizations start from. */
  originals(): Tensor[] {
    const names = this.isTensor
      ? ['original']
      : Array.from({ length: this.count }, (_, i) => `original${i}`)
    return names.map((name) => {
      const found = memberOf(this, name)
      if (!(found instanceof Tensor)) throw new AttributeError(`${name} is no tensor`)
      return found
    })
  }

  /** Starts from what another list starts from. */
  shareOriginals(other: ParametrizationList): void {
    const originals = other.originals()
    const names = originals.map((_, i) => (other.isTensor ? 'original' : `original${i}`))
    names.forEach((name, i) => {
      this.setMember(name, originals[i])
    })
  }

  /** What gives `value`, as far as parametrizations can be undone. */
  undo(value: Tensor, all = false): Originals {
    let result: Originals = value
    for (const parametrization of [...this].reverse()) {
      if (parametrization.rightInverse && !isList(result))
        result = undone(parametrization, result, all)
      else if (all) {
        throw new RuntimeError(
          `parametrization ${parametrization.constructor.name} does not implement right_inverse.`,
        )
      }
    }
    return result
  }

  /** Makes the tensor have that value. @throws RuntimeError where a parametrization can't be undone. */
  assign(value: Tensor): void {
    noGrad(() => {
      const undone = this.undo(value, true)
      const list = isList(undone) ? undone : [undone]
      if (list.length !== this.count) {
        throw new ValueError(
          `'right_inverse' must return a sequence of tensors of length ${this.count}. Got a sequence of length ${list.length}.`,
        )
      }
      this.originals().forEach((original, i) => {
        original.setData(list[i].detach().clone())
      })
    })
  }

  override forward(): Tensor {
    const known = cache?.get(this)
    if (known) return known
    const [first, ...rest] = this
    let value: unknown = callModule(first, ...this.originals())
    for (const parametrization of rest) value = callModule(parametrization, value)
    if (!(value instanceof Tensor))
      throw new ValueError(`A parametrization must return a tensor. Got ${typeof value}.`)
    cache?.set(this, value)
    return value
  }
}

/** The parametrizations of a module, by tensor. */
function listsOf(module: Module): ModuleDict<ParametrizationList> | undefined {
  const found: unknown = Reflect.get(module, 'parametrizations')
  // Nobody else calls a dict of modules so.
  return found instanceof ModuleDict ? (found as ModuleDict<ParametrizationList>) : undefined
}

/** Whether tensors of a module, or that one, are parametrized; `is_parametrized`. */
export function isParametrized(module: Module, tensorName?: string): boolean {
  const lists = listsOf(module)
  if (!lists) return false
  return tensorName === undefined ? lists.length > 0 : lists.has(tensorName)
}

type ModuleClass = new (...args: never[]) => Module
const classOf = (module: Module): ModuleClass => module.constructor as ModuleClass

/** A class of its own for the module, where its tensors can be computed: `ParametrizedLinear`. */
function giveClass(module: Module): void {
  const base = classOf(module)
  const own = class extends base {}
  Object.defineProperty(own, 'name', { value: `Parametrized${base.name}` })
  Object.setPrototypeOf(module, own.prototype)
}

/**
 * Makes a tensor of a module the output of a parametrization; assigning to it undoes it;
 * `register_parametrization`. Further ones come behind the first.
 *
 * @throws ValueError in PyTorch's words for what is no tensor, or would change its shape or dtype.
 */
export function registerParametrization<M extends Module>(
  module: M,
  tensorName: string,
  parametrization: Parametrization,
  { unsafe = false }: { unsafe?: boolean } = {},
): M {
  parametrization.train(module.training)
  const lists = listsOf(module)
  const value = memberOf(module, tensorName)
  if (lists?.has(tensorName) && value instanceof Tensor) {
    if (!unsafe) checkUnchanged(value, callModule(parametrization, value), `module.${tensorName}`)
    lists.get(tensorName).append(parametrization)
    return module
  }
  const isBuffer = [...module.ownBuffers()].some(([name]) => name === tensorName)
  if (!(value instanceof Tensor) || !(isParameter(value) || isBuffer)) {
    throw new ValueError(
      `Module '${module}' does not have a parameter, a buffer, or a parametrized element with name '${tensorName}'`,
    )
  }
  const before = value.detach()
  const list = new ParametrizationList([parametrization], value)
  if (!unsafe) checkUnchanged(before, list.call(), 'unparametrized')
  const property = propertyOf(module, tensorName)
  removeMember(module, tensorName)
  if (!lists) {
    giveClass(module)
    Reflect.set(module, 'parametrizations', new ModuleDict<ParametrizationList>())
  }
  listsOf(module)?.set(tensorName, list)
  Object.defineProperty(Object.getPrototypeOf(module), property, {
    configurable: true,
    get(this: Module) {
      return listsOf(this)?.get(tensorName).call()
    },
    set(this: Module, assigned: Tensor) {
      listsOf(this)?.get(tensorName).assign(assigned)
    },
  })
  return module
}

/**
 * Makes the tensor one of the module again, with the parametrized value, or else the one from which it was
 * computed; `remove_parametrizations`.
 *
 * @throws ValueError where it is not parametrized, or was computed from several.
 */
export function removeParametrizations<M extends Module>(
  module: M,
  tensorName: string,
  options: boolean | { leaveParametrized?: boolean } = {},
): M {
  const leave = typeof options === 'boolean' ? options : (options.leaveParametrized ?? true)
  const lists = listsOf(module)
  if (!lists?.has(tensorName))
    throw new ValueError(`Module ${module} does not have a parametrization on ${tensorName}`)
  const list = lists.get(tensorName)
  if (!list.isTensor && !leave) {
    throw new ValueError(
      'Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.',
    )
  }
  const value = noGrad(() => list.call().detach().clone())
  const [original] = list.originals()
  const result = list.isTensor ? original : isParameter(original) ? new Parameter(value) : value
  if (list.isTensor && leave) original.setData(value)
  const prototype: object = Object.getPrototypeOf(module)
  Reflect.deleteProperty(prototype, propertyOf(module, tensorName))
  lists.delete(tensorName)
  if (lists.length === 0) {
    Reflect.deleteProperty(module, 'parametrizations')
    Object.setPrototypeOf(module, Object.getPrototypeOf(prototype))
  }
  registerTensor(module, tensorName, result)
  return module
}

/** The class of a module as it was before its tensors were parametrized; `type_before_parametrizations`. */
export function typeBeforeParametrizations(module: Module): ModuleClass {
  const own = classOf(module)
  // The class of a parametrized module is made for it, on top of its own.
  return isParametrized(module) ? (Object.getPrototypeOf(own) as ModuleClass) : own
}

/**
 * Parametrizes a module as another one is, or that tensor of it, and shares what the tensors are computed
 * from; `transfer_parametrizations_and_params`.
 */
export function transferParametrizationsAndParams<M extends Module>(
  from: Module,
  to: M,
  tensorName?: string,
): M {
  const lists = listsOf(from)
  if (!lists) return to
  for (const name of tensorName === undefined ? [...lists.keys()] : [tensorName]) {
    const list = lists.get(name)
    if (!(memberOf(to, name) instanceof Tensor))
      to.registerParameter(name, new Parameter(noGrad(() => list.call().detach().clone())))
    for (const parametrization of list) registerParametrization(to, name, parametrization)
    listsOf(to)?.get(name).shareOriginals(list)
  }
  return to
}
