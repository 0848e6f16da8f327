import { type DType, elementCount, isFloat } from '@sconce/backend'
import { isReadable } from './async-reads.ts'
import { getDefaultDevice } from './device.ts'
import { decode } from './host-data.ts'
import { type Cell, NumberFormat } from './number-format.ts'
import type { Tensor } from './tensor.ts'

/** The words that differ between PyTorch's Python and this library. */
export interface Dialect {
  readonly dtype: (dtype: DType) => string
  readonly gradFn: string
  readonly requiresGrad: string
  /** Dtypes that are not shown. */
  readonly silent: readonly DType[]
}

export const sconceDialect: Dialect = {
  dtype: (dtype) => `'${dtype}'`,
  gradFn: 'gradFn',
  requiresGrad: 'requiresGrad=true',
  silent: ['float32', 'int32', 'bool'],
}

/** PyTorch's own words, for comparing with its output. */
export const torchDialect: Dialect = {
  dtype: (dtype) => `torch.${dtype}`,
  gradFn: 'grad_fn',
  requiresGrad: 'requires_grad=True',
  silent: ['float32', 'int64', 'bool'],
}

/** `torch.set_printoptions`. */
export interface PrintOptions {
  /** Digits behind the point. */
  precision: number
  /** Number of elements from which on a tensor is summarised. */
  threshold: number
  /** Elements shown at each end of a summarised dim. */
  edgeitems: number
  /** Characters in a line. */
  linewidth: number
  /** Scientific notation; null decides by the values. */
  sciMode: boolean | null
}

const defaults: PrintOptions = {
  precision: 4,
  threshold: 1000,
  edgeitems: 3,
  linewidth: 80,
  sciMode: null,
}
let current: PrintOptions = { ...defaults }

/** Changes how tensors are printed; `torch.set_printoptions`. Without arguments: the defaults. */
export function setPrintOptions(options: Partial<PrintOptions> = defaults): void {
  current = { ...current, ...options }
}

/** A dim's positions that are shown; -1 stands for the dots. */
function shownPositions(size: number, summarize: boolean): number[] {
  const { edgeitems } = current
  if (!summarize || size <= 2 * edgeitems) return [...Array(size).keys()]
  const edge = [...Array(edgeitems).keys()]
  return [...edge, -1, ...edge.map((i) => size - edgeitems + i)]
}

/** Recursive form of PyTorch's `_tensor_str_with_formatter`. */
function body(
  values: readonly Cell[],
  shape: readonly number[],
  dim: number,
  start: number,
  format: NumberFormat,
  indent: number,
  summarize: boolean,
): string {
  if (shape.length === 0) return format.text(values[0])
  const positions = shownPositions(shape[dim], summarize)
  const inner = elementCount(shape.slice(dim + 1))
  if (dim === shape.length - 1) {
    const perLine = Math.max(1, Math.floor((current.linewidth - indent) / (format.width + 2)))
    const cells = positions.map((i) => (i < 0 ? ' ...' : format.text(values[start + i])))
    const lines: string[] = []
    for (let i = 0; i < cells.length; i += perLine) {
      lines.push(cells.slice(i, i + perLine).join(', '))
    }
    return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`
  }
  const parts = positions.map((i) =>
    i < 0 ? '...' : body(values, shape, dim + 1, start + i * inner, format, indent + 1, summarize),
  )
  const gap = `,${'\n'.repeat(shape.length - dim - 1)}${' '.repeat(indent + 1)}`
  return `[${parts.join(gap)}]`
}

/** The elements that a summary shows. */
function summarized(values: readonly Cell[], shape: readonly number[]): Cell[] {
  const shown: Cell[] = []
  const walk = (dim: number, start: number): void => {
    if (dim === shape.length) {
      shown.push(values[start])
      return
    }
    const inner = elementCount(shape.slice(dim + 1))
    for (const i of shownPositions(shape[dim], true)) if (i >= 0) walk(dim + 1, start + i * inner)
  }
  walk(0, 0)
  return shown
}

/** PyTorch's `_add_suffixes`: breaks the line where a suffix would not fit. */
function withSuffixes(text: string, suffixes: readonly string[], indent: number): string {
  let result = text
  let length = text.length - text.lastIndexOf('\n') + 1
  for (const suffix of suffixes) {
    if (length + suffix.length + 2 > current.linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`
      length = indent + suffix.length
    } else {
      result += `, ${suffix}`
      length += suffix.length + 2
    }
  }
  return `${result})`
}

/**
 * PyTorch's `repr` of a tensor. On devices that can't be read synchronously the elements are left out.
 */
export function format(t: Tensor, dialect: Dialect = sconceDialect, prefix = 'tensor('): string {
  const suffixes: string[] = []
  if (t.device !== getDefaultDevice()) suffixes.push(`device='${t.device}'`)
  const count = t.numel()
  const indent = prefix.length
  let text: string
  let silent = dialect.silent.includes(t.dtype)
  if (count === 0) {
    text = '[]'
    silent = t.dtype === 'float32'
    if (t.ndim !== 1) suffixes.push(`size=${tuple(t.shape)}`)
  } else if (!isReadable(t)) {
    text = '...'
    suffixes.push(`size=${tuple(t.shape)}`)
  } else {
    const values: Cell[] = decode(t.dtype, t.toTypedArray())
    const summarize = count > current.threshold
    const numbers = new NumberFormat(
      summarize ? summarized(values, t.shape) : values,
      isFloat(t.dtype),
      current.precision,
      current.sciMode,
    )
    text = body(values, t.shape, 0, 0, numbers, indent, summarize)
  }
  if (!silent) suffixes.push(`dtype=${dialect.dtype(t.dtype)}`)
  const { gradFn } = t
  if (gradFn) suffixes.push(`${dialect.gradFn}=<${gradFn.name}>`)
  else if (t.requiresGrad) suffixes.push(dialect.requiresGrad)
  return withSuffixes(prefix + text, suffixes, indent)
}

const tuple = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
