/** Making of kernels: checked, frozen, and interned. */
import { type DType, dtypes, isFloat } from './dtype.ts'
import { InvalidKernel } from './errors.ts'
import { Expr, print, visit } from './expr.ts'
import type {
  AttentionKernel,
  Combine,
  ConvGeometry,
  ConvKernel,
  ConvMode,
  Kernel,
  KernelBase,
  KernelKind,
  MapKernel,
  MatmulKernel,
  NormalizeKernel,
  ReduceKernel,
  Reduction,
  ScanKernel,
  ScanOp,
  ScatterKernel,
  SoftmaxKernel,
  SortKernel,
} from './kernel.ts'
import { shared } from './shared.ts'

type Fields<K extends Kernel> = Omit<
  K,
  'id' | 'inputs' | 'outputs' | 'scalars' | 'positional' | 'loaded'
>

const table = shared('kernels', () => new Map<string, Kernel>())

/**
 * What a kernel is identified by: its fields in order, expressions by id. Ops make their kernels on
 * every call, so this is much of what a small op costs.
 */
function keyOf(value: unknown): string {
  if (value instanceof Expr) return `#${value.id}`
  if (typeof value !== 'object' || value === null) return String(value)
  let key = '['
  for (const item of Array.isArray(value) ? value : Object.values(value)) key += `${keyOf(item)},`
  return `${key}]`
}

/** A frozen copy of a kernel's field; expressions are frozen already. */
function frozen<T>(value: T): T
function frozen(value: unknown): unknown {
  if (value instanceof Expr || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozen))
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([name, field]) => [name, frozen(field)])),
  )
}

/** The kernel of these fields: a known one, or a new one after `check` of what it must fulfil. */
function intern<K extends Kernel>(
  fields: Fields<K>,
  expressions: readonly Expr[],
  inputs: readonly DType[],
  outputs: readonly DType[],
  check?: () => void,
): K {
  const key = `${keyOf(fields)}${keyOf(inputs)}${keyOf(outputs)}`
  const known = table.get(key)
  if (known) return known as K
  check?.()
  const kernel = Object.freeze({
    ...frozen(fields),
    id: table.size,
    inputs: frozen(inputs),
    outputs: frozen(outputs),
    ...survey(fields.kind, expressions, inputs),
  }) as K
  table.set(key, kernel)
  return kernel
}

/** Checks the leaves of the expressions against the inputs; counts scalars. */
function survey(
  kind: KernelKind,
  expressions: readonly Expr[],
  inputs: readonly DType[],
): Pick<KernelBase, 'scalars' | 'positional' | 'loaded'> {
  let scalars = 0
  let positional = false
  const mapped = inputs.map(() => false)
  const loaded = inputs.map(() => false)
  visit(expressions, (node) => {
    if (node.op === 'scalar') scalars = Math.max(scalars, node.value + 1)
    if (node.op === 'index' || node.op === 'load') positional = true
    if (node.op === 'input' || node.op === 'load') {
      const dtype = inputs[node.value]
      if (dtype !== node.dtype) {
        throw new InvalidKernel(
          `${kind}: ${print(node)} is ${node.dtype}, but input ${node.value} is ${dtype ?? 'absent'}`,
        )
      }
      ;(node.op === 'load' ? loaded : mapped)[node.value] = true
      if (mapped[node.value] && loaded[node.value]) {
        throw new InvalidKernel(
          `${kind}: input ${node.value} is read both at the index and by load`,
        )
      }
    }
  })
  return { scalars, positional, loaded: Object.freeze(loaded) }
}

/** Input dtypes as the expressions name them; positions must have no gaps. */
export function inputDTypes(expressions: readonly Expr[]): DType[] {
  const found: DType[] = []
  visit(expressions, (node) => {
    if (node.op === 'input' || node.op === 'load') found[node.value] = node.dtype
  })
  for (let i = 0; i < found.length; i++) {
    if (found[i] === undefined) throw new InvalidKernel(`input ${i} is not used by any expression`)
  }
  return found
}

const forbidAcc = (kind: KernelKind, expressions: readonly Expr[]): void =>
  visit(expressions, (node) => {
    if (node.op === 'acc') throw new InvalidKernel(`${kind}: acc outside of an epilogue`)
  })

/** Half precision is for storage: what is accumulated has to be cast to its compute type first. */
function forbidHalf(kind: KernelKind, values: readonly Expr[]): void {
  for (const { dtype } of values) {
    if (dtypes[dtype].compute !== dtype) throw new InvalidKernel(`${kind}: not defined on ${dtype}`)
  }
}

/** A map kernel; `inputs` defaults to the operands that the expressions name. */
export function map(
  values: readonly Expr[],
  inputs: readonly DType[] = inputDTypes(values),
): MapKernel {
  if (values.length === 0) throw new InvalidKernel('map: no outputs')
  return intern<MapKernel>(
    { kind: 'map', values },
    values,
    inputs,
    values.map((v) => v.dtype),
    () => forbidAcc('map', values),
  )
}

/** The dtype of a reduction's accumulator. */
export function reductionDType({ op, value }: Reduction): DType {
  return op === 'argmin' || op === 'argmax' ? 'int32' : value.dtype
}

/** A reduce kernel. `values` may use `acc(k, reductionDType(reductions[k]))`. */
export function reduce(
  reductions: readonly Reduction[],
  values: readonly Expr[],
  inputs: readonly DType[] = inputDTypes([...reductions.map((r) => r.value), ...values]),
): ReduceKernel {
  const accumulated = reductions.map((r) => r.value)
  return intern<ReduceKernel>(
    { kind: 'reduce', reductions: reductions.map(({ op, value }) => ({ op, value })), values },
    [...accumulated, ...values],
    inputs,
    values.map((v) => v.dtype),
    () => {
      checkReductions(reductions, values)
      forbidAcc('reduce', accumulated)
      forbidHalf('reduce', accumulated)
      checkAccs('reduce', values, reductions.map(reductionDType))
    },
  )
}

function checkReductions(reductions: readonly Reduction[], values: readonly Expr[]): void {
  if (reductions.length === 0 || values.length === 0) throw new InvalidKernel('reduce: no outputs')
  for (const { op, value } of reductions) {
    const truth = op === 'any' || op === 'all'
    if (truth !== (value.dtype === 'bool') && !(value.dtype === 'bool' && op.startsWith('arg'))) {
      throw new InvalidKernel(`reduce: ${op} of ${value.dtype}`)
    }
  }
}

function checkAccs(kind: KernelKind, values: readonly Expr[], dtypes: readonly DType[]): void {
  visit(values, (node) => {
    if (node.op === 'acc' && dtypes[node.value] !== node.dtype) {
      throw new InvalidKernel(`${kind}: ${print(node)} is not ${node.dtype}`)
    }
  })
}

/** A scatter kernel; `at` are int32 coordinates, one per dim of the target. */
export function scatter(
  combine: Combine,
  at: readonly Expr[],
  value: Expr,
  target: DType = value.dtype,
  inputs: readonly DType[] = inputDTypes([...at, value]),
): ScatterKernel {
  const expressions = [...at, value]
  return intern<ScatterKernel>(
    { kind: 'scatter', combine, at, value },
    expressions,
    inputs,
    [target],
    () => {
      forbidAcc('scatter', expressions)
      for (const { dtype } of at) {
        if (dtype !== 'int32')
          throw new InvalidKernel(`scatter: a coordinate is ${dtype}, not int32`)
      }
    },
  )
}

function contraction(dtype: DType, epilogue: Expr): DType[] {
  const inputs: DType[] = [dtype, dtype]
  if (epilogue.op === 'acc') return inputs
  visit([epilogue], (node) => {
    if (node.op === 'input') inputs[node.value] = node.dtype
  })
  return inputs
}

/**
 * A matmul kernel on operands of `dtype`; the epilogue is an expression of `acc(0)`, which has the
 * dtype's compute type, and `input(2…)`.
 */
export function matmul(dtype: DType, epilogue: Expr): MatmulKernel {
  return intern<MatmulKernel>(
    { kind: 'matmul', dtype, epilogue },
    [epilogue],
    contraction(dtype, epilogue),
    [epilogue.dtype],
    () => checkAccs('matmul', [epilogue], [dtypes[dtype].compute]),
  )
}

/** A convolution kernel; epilogue as in `matmul`. */
export function conv(
  mode: ConvMode,
  dtype: DType,
  { stride, padding, dilation, groups }: ConvGeometry,
  epilogue: Expr,
): ConvKernel {
  return intern<ConvKernel>(
    { kind: 'conv', mode, dtype, stride, padding, dilation, groups, epilogue },
    [epilogue],
    contraction(dtype, epilogue),
    [epilogue.dtype],
    () => checkAccs('conv', [epilogue], [dtypes[dtype].compute]),
  )
}

/** A scan kernel along the last dim. */
export function scan(
  op: ScanOp,
  value: Expr,
  values: readonly Expr[],
  inputs: readonly DType[] = inputDTypes([value, ...values]),
): ScanKernel {
  const found = op === 'min' || op === 'max'
  return intern<ScanKernel>(
    { kind: 'scan', op, value, values },
    [value, ...values],
    inputs,
    values.map((v) => v.dtype),
    () => {
      forbidAcc('scan', [value])
      forbidHalf('scan', [value])
      checkAccs('scan', values, found ? [value.dtype, 'int32'] : [value.dtype])
    },
  )
}

/** A sort kernel along the last dim. */
export const sort = (dtype: DType, descending: boolean): SortKernel =>
  intern<SortKernel>({ kind: 'sort', dtype, descending }, [], [dtype], [dtype, 'int32'])

/** A softmax or log-softmax kernel over the last dim, or its backward. */
export function softmax(dtype: DType, log: boolean, backward: boolean): SoftmaxKernel {
  if (!isFloat(dtype)) throw new InvalidKernel(`softmax of ${dtype}`)
  return intern<SoftmaxKernel>(
    { kind: 'softmax', dtype, log, backward },
    [],
    backward ? [dtype, dtype] : [dtype],
    [dtype],
  )
}

/** A normalisation kernel, or its backward. */
export function normalize(
  dtype: DType,
  options: { backward: boolean; weight: boolean; bias: boolean },
): NormalizeKernel {
  const { backward, weight, bias } = options
  const count = backward ? 4 + Number(weight) : 1 + Number(weight) + Number(bias)
  const kernel: Fields<NormalizeKernel> = { kind: 'normalize', dtype, backward, weight, bias }
  return intern<NormalizeKernel>(
    kernel,
    [],
    Array<DType>(count).fill(dtype),
    Array<DType>(backward ? 1 : 3).fill(dtype),
  )
}

/** A fused attention kernel. */
export const attention = (dtype: DType, causal: boolean, mask: boolean): AttentionKernel =>
  intern<AttentionKernel>(
    { kind: 'attention', dtype, causal, mask },
    [],
    Array<DType>(mask ? 4 : 3).fill(dtype),
    [dtype],
  )
