import { type DerivativeKind, derivativeKind } from '@sconce/autograd'
import {
  type DType,
  dtypes,
  isFloat,
  type Kernel,
  type KernelKind,
  type Operand,
  type TypedArray,
} from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { dispatch, dispatchInplace, type Operation, Tensor, useBackend } from '@sconce/core'
import { type Arguments, findArguments } from './arguments.ts'

/** What is found out about an op by calling it. */
export interface Facts {
  /** Dtypes of its main argument (or, of what makes tensors, of its result) that it takes. */
  readonly dtypes: readonly DType[]
  /** Kinds of kernels that it asks a backend for. */
  readonly kinds: readonly KernelKind[]
  /** Its result shares the elements of an argument. */
  readonly view: boolean
  /** It reads elements on the host. */
  readonly host: boolean
  readonly derivative: DerivativeKind
}

/** A backend that tells what was asked of it. */
class WatchedBackend extends CpuBackend {
  readonly kinds = new Set<KernelKind>()
  reads = 0

  override run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.kinds.add(kernel.kind)
    super.run(kernel, inputs, outputs, scalars)
  }

  override readSync(...args: Parameters<CpuBackend['readSync']>): TypedArray {
    this.reads++
    return super.readSync(...args)
  }
}

const allDTypes = Object.keys(dtypes) as DType[]

/** All tensors in a value. */
function tensorsOf(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(tensorsOf)
}

const replaced = (value: unknown, replace: (t: Tensor) => Tensor): unknown => {
  if (value instanceof Tensor) return replace(value)
  return Array.isArray(value) ? value.map((item) => replaced(item, replace)) : value
}

/** Runs an op, or its in-place form where it has no other meaning. */
function call(operation: Operation, args: unknown[]): unknown {
  return inplaceOnly.test(operation.name)
    ? dispatchInplace(operation, args)
    : dispatch(operation, args)
}

/** Ops that only fill what is there. */
const inplaceOnly =
  /^(uniform|normal|random|exponential|geometric|cauchy|log_normal|zero|fill|copy|fill_diagonal)(\.|$)/

/** The dtypes to begin with: most ops take floats, some only integers. */
const beginnings: readonly DType[] = ['float32', 'int32', 'bool']

/** The first derivative that is one, of those that were seen. */
const telling = (kinds: readonly DerivativeKind[]): DerivativeKind =>
  kinds.find((kind) => kind !== 'none' && kind !== 'missing') ?? kinds[0]

/** What several calls of an op have shown. */
const merged = (facts: readonly Facts[]): Facts => ({
  dtypes: allDTypes.filter((dtype) => facts.some(({ dtypes }) => dtypes.includes(dtype))),
  kinds: [...new Set(facts.flatMap(({ kinds }) => kinds))],
  view: facts.some(({ view }) => view),
  host: facts.some(({ host }) => host),
  derivative: telling(facts.map(({ derivative }) => derivative)),
})

/** Finds out about ops by calling each of them, on every dtype, with arguments made up from its schema. */
export class Investigator {
  readonly #backend = new WatchedBackend({ name: 'watched' })

  constructor() {
    useBackend(this.#backend)
  }

  /** @returns undefined where no arguments were found that the op takes */
  factsOf(operation: Operation): Facts | undefined {
    for (const dtype of beginnings) {
      const found = findArguments(operation, dtype, (list) => call(operation, list))
      if (found.length > 0) return merged(found.map((args) => this.#watch(operation, args, dtype)))
    }
    return undefined
  }

  #watch(operation: Operation, args: Arguments, dtype: DType): Facts {
    // What makes tensors of nothing is told which.
    const makes = tensorsOf(args).length === 0
    const on = (to: DType) =>
      args.map((arg, i) => {
        if (operation.schema.parameters[i].type === 'ScalarType' && makes) return to
        return replaced(arg, (t) => (t.dtype === dtype ? t.to(to) : t.clone()))
      })
    const given = on(dtype)
    const before = this.#begin()
    const result = call(operation, this.#here(given))
    const results = tensorsOf(result)
    const kinds = [...this.#backend.kinds]
    const storages = new Set(before.map((t) => t.storage))
    return {
      dtypes: allDTypes.filter((to) => this.#takes(operation, on(to), to)),
      kinds,
      view: !inplaceOnly.test(operation.name) && results.some((t) => storages.has(t.storage)),
      host: this.#backend.reads > 0,
      derivative: this.#derivativeOf(operation, given),
    }
  }

  #moved: Tensor[] = []

  #begin(): Tensor[] {
    this.#moved = []
    return this.#moved
  }

  /** The arguments on the watched device, whose count begins anew. */
  #here(args: readonly unknown[]): unknown[] {
    const moved = args.map((arg) =>
      replaced(arg, (t) => {
        const here = t.to('watched')
        this.#moved.push(here)
        return here
      }),
    )
    this.#backend.kinds.clear()
    this.#backend.reads = 0
    return moved
  }

  #takes(operation: Operation, args: unknown[], dtype: DType): boolean {
    try {
      const results = tensorsOf(call(operation, args))
      // What makes tensors and has no argument for the dtype has just one.
      return tensorsOf(args).length > 0 || results.length === 0 || results[0].dtype === dtype
    } catch {
      return false
    }
  }

  /** Whether what is recorded of an op's parts has a history; a composite may end in integers. */
  #derivativeOf(operation: Operation, args: readonly unknown[]): DerivativeKind {
    const kind = derivativeKind(operation)
    // Comparisons are expressions too, but their results have no gradient.
    if (kind !== 'composite' && kind !== 'expression') return kind
    if (tensorsOf(args).length === 0) return 'none'
    try {
      const wanting = args.map((arg) =>
        replaced(arg, (t) => (isFloat(t.dtype) ? t.clone().requiresGrad_() : t)),
      )
      const results = tensorsOf(call(operation, wanting)).filter((t) => isFloat(t.dtype))
      if (results.length === 0) return 'none'
      const nodes = results.filter((t) => t.requiresGrad).map((t) => t.gradFn?.name)
      if (nodes.length === 0) return 'none'
      return nodes.every((name) => name === 'NotImplemented') ? 'missing' : kind
    } catch {
      return 'none'
    }
  }
}
