import { type DType, isFloat } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import { defaultFloat } from '../promotion.ts'
import { typeNames } from '../random/dtype-limits.ts'
import type { Schemas } from '../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { finish } from './creation.ts'

const options = '*, ScalarType? dtype=None, Device? device=None, bool requires_grad=False'

/** Windows of signal processing; periodic ones lack their last point, which is the next one's first. */
export const windowSchemas = {
  bartlettWindow: `bartlett_window(int window_length, bool periodic=True, ${options}) -> Tensor`,
  blackmanWindow: `blackman_window(int window_length, bool periodic=True, ${options}) -> Tensor`,
  hannWindow: `hann_window(int window_length, bool periodic=True, ${options}) -> Tensor`,
  hammingWindow: `hamming_window(int window_length, bool periodic=True, float alpha=0.54, float beta=0.46, ${options}) -> Tensor`,
  kaiserWindow: `kaiser_window(int window_length, bool periodic=True, float beta=12.0, ${options}) -> Tensor`,
} as const satisfies Schemas

/** What a window is made with. */
interface Settings {
  readonly name: string
  readonly length: number
  readonly periodic: boolean
  readonly dtype: DType | undefined
  readonly device: string | undefined
  readonly requiresGrad: boolean
}

/** The window that `shape` makes of the positions 0, 1, …, `last`. */
function made(settings: Settings, shape: (positions: Tensor, last: number) => Tensor): Tensor {
  const { name, length, periodic, device, requiresGrad } = settings
  const dtype = settings.dtype ?? defaultFloat
  if (!isFloat(dtype)) {
    throw new RuntimeError(
      `${name} expects floating point dtypes, got: TensorOptions(dtype=${typeNames[dtype]}, device=${device ?? 'cpu'}, layout=Strided (default), requires_grad=false (default), pinned_memory=false, memory_format=(nullopt))`,
    )
  }
  check(
    length >= 0,
    () => `${name} requires non-negative window_length, got window_length=${length}`,
  )
  const points = periodic && length > 1 ? length + 1 : length
  const positions = callOperation('arange', [points, dtype, device, false]) as Tensor
  const window = length > 1 ? shape(positions, points - 1) : positions.fill(1)
  return finish(points > length ? window.narrow(0, 0, length).clone() : window, requiresGrad)
}

/** alpha - beta · cos over a whole turn. */
const raisedCosine = (settings: Settings, alpha: number, beta: number): Tensor =>
  made(settings, (n, last) =>
    n
      .mul((2 * Math.PI) / last)
      .cos()
      .mul(-beta)
      .add(alpha),
  )

const settings = (
  name: string,
  length: number,
  periodic: boolean,
  dtype: DType | undefined,
  device: string | undefined,
  requiresGrad: boolean,
): Settings => ({ name, length, periodic, dtype, device, requiresGrad })

const implementations: FamilyImplementations<typeof windowSchemas> = {
  bartlett_window: (...args) =>
    made(settings('bartlett_window', ...args), (n, last) => {
      const rise = n.mul(2 / last)
      return rise.where(n.le(last / 2), rise.neg().add(2))
    }),
  blackman_window: (...args) =>
    made(settings('blackman_window', ...args), (n, last) => {
      const angle = n.mul(Math.PI / last)
      return angle.mul(4).cos().mul(0.08).sub(angle.mul(2).cos().mul(0.5)).add(0.42)
    }),
  hann_window: (...args) => raisedCosine(settings('hann_window', ...args), 0.5, 0.5),
  hamming_window: (length, periodic, alpha, beta, ...rest) =>
    raisedCosine(settings('hamming_window', length, periodic, ...rest), alpha, beta),
  kaiser_window: (length, periodic, beta, ...rest) =>
    made(settings('kaiser_window', length, periodic, ...rest), (n, last) => {
      const x = n.mul(2 / last).sub(1)
      const peak = x.newFull([], beta).i0()
      return x.square().neg().add(1).clampMin(0).sqrt().mul(beta).i0().div(peak)
    }),
}

define(windowSchemas, implementations)
