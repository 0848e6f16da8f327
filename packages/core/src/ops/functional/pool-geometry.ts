import { check, RuntimeError, sizes } from '../../errors.ts'
import type { Tensor } from '../../tensor.ts'

/** Windows of a pool, along each of the dims of the space. */
export interface Geometry {
  readonly kernel: number[]
  readonly stride: number[]
  readonly padding: number[]
  readonly dilation: number[]
}

/** The stride is the kernel's size where none is given. */
export const geometryOf = (
  kernel: number[],
  stride: number[] | undefined,
  padding: number[] = kernel.map(() => 0),
  dilation: number[] = kernel.map(() => 1),
): Geometry => ({
  kernel,
  stride: stride && stride.length > 0 ? stride : kernel,
  padding,
  dilation,
})

/** Number of windows along a dim, as `pooling_output_shape`. */
function windows(n: number, k: number, s: number, p: number, d: number, ceil: boolean): number {
  const free = n + 2 * p - d * (k - 1) - 1 + (ceil ? s - 1 : 0)
  const count = Math.floor(free / s) + 1
  // The last window has to start inside the input or its left padding.
  return ceil && (count - 1) * s >= n + p ? count - 1 : count
}

/** `kH: 2 kW: 3` */
const lettered = (prefix: string, values: readonly number[]): string =>
  values.map((v, i) => `${prefix}${'THW'[3 - values.length + i]}: ${v}`).join(' ')

/** What the numbers have to be whatever they are applied to, in the order and words of PyTorch. */
function checkGeometry({ kernel, stride, padding, dilation }: Geometry): void {
  check(!stride.includes(0), () => 'stride should not be zero')
  padding.forEach((p, i) => {
    check(p >= 0, () => `pad must be non-negative, but got pad: ${p}`)
    check(
      kernel[i] < 0 || p <= Math.floor(kernel[i] / 2),
      () =>
        `pad should be at most half of kernel size, but got pad=${p} and kernel_size=${kernel[i]}`,
    )
  })
  const positive = (what: string, prefix: string, values: number[]) =>
    check(
      values.every((v) => v > 0),
      () => `${what} should be greater than zero, but got ${lettered(prefix, values)}`,
    )
  positive('kernel size', 'k', kernel)
  positive('stride', 'd', stride)
  positive('dilation', 'dilation', dilation)
}

/** Only a batch may be empty. */
function checkNotEmpty(x: Tensor, n: number, name: string): void {
  if (x.shape.slice(x.ndim - n - 1).every((s) => s > 0)) return
  throw new RuntimeError(
    n === 3
      ? `${name}(): Expected input's non-batch dimensions to have positive length, but input has a shape of ${sizes(x.shape)} and non-batch dimension 0 has length zero!`
      : `Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:${sizes(x.shape)}`,
  )
}

/**
 * Checks a pool over the last dims of `x`, two or three of them, and gives the sizes of its output's space.
 * Pools of one dim are those of an image of one row, in PyTorch too.
 */
export function outputSpace(x: Tensor, g: Geometry, ceil: boolean, name: string): number[] {
  const n = g.kernel.length
  check(
    x.ndim === n + 1 || x.ndim === n + 2,
    () => `non-empty ${n + 1}D or ${n + 2}D (batch mode) tensor expected for input`,
  )
  checkGeometry(g)
  checkNotEmpty(x, n, name)
  const [channels, ...space] = x.shape.slice(x.ndim - n - 1)
  check(
    name !== 'avg_pool3d' || space.every((s, i) => s >= g.kernel[i]),
    () =>
      `input image (${lettered('', space)}) smaller than kernel size (${lettered('k', g.kernel)})`,
  )
  const out = space.map((s, i) =>
    windows(s, g.kernel[i], g.stride[i], g.padding[i], g.dilation[i], ceil),
  )
  check(
    out.every((s) => s >= 1),
    () =>
      `Given input size: (${[channels, ...space].join('x')}). Calculated output size: (${[channels, ...out].join('x')}). Output size is too small`,
  )
  return out
}
