import { contiguousStrides, elementCount, type Kernel } from '@sconce/backend'

interface View {
  shape: number[]
  strides: number[]
}

const contiguous = (shape: number[]): View => ({ shape, strides: contiguousStrides(shape) })

/** A view of one element per row, seen as spanning the row. */
const perRow = (rows: number, row: number): View => ({ shape: [rows, row], strides: [1, 0] })

interface Views {
  readonly inputs: readonly View[]
  readonly outputs: readonly View[]
}

/** Contiguous operands for a kernel, of a size where small work is done and of one where large work is. */
export const typicalShapes = (kernel: Kernel): Views[] =>
  [32, 1024].map((size) => shapesOf(kernel, size))

function shapesOf(kernel: Kernel, size: number): Views {
  const each = (inputs: (i: number) => View, outputs: (i: number) => View): Views => ({
    inputs: kernel.inputs.map((_, i) => inputs(i)),
    outputs: kernel.outputs.map((_, i) => outputs(i)),
  })
  const [rows, row] = [size, size]
  const matrix = contiguous([rows, row])
  switch (kernel.kind) {
    case 'map': {
      const flat = kernel.positional ? matrix : contiguous([elementCount([rows, row])])
      return each(
        () => flat,
        () => flat,
      )
    }
    case 'reduce':
      return each(
        () => matrix,
        () => perRow(rows, row),
      )
    case 'scatter': {
      const target = contiguous(new Array<number>(kernel.at.length).fill(size))
      return each(
        () => target,
        () => target,
      )
    }
    case 'matmul':
      return each(
        () => matrix,
        () => matrix,
      )
    case 'conv': {
      const image = contiguous([4, 4 * kernel.groups, ...kernel.stride.map(() => size / 32 + 2)])
      const window = contiguous([4 * kernel.groups, 4, ...kernel.stride.map(() => 3)])
      return each(
        (i) => (i === 1 ? window : image),
        () => image,
      )
    }
    case 'normalize':
      return each(
        (i) => (kernel.backward && (i === 2 || i === 3) ? perRow(rows, row) : matrix),
        (i) => (i === 0 ? matrix : perRow(rows, row)),
      )
    default:
      return each(
        () => matrix,
        () => matrix,
      )
  }
}
