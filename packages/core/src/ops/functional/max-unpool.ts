import { elementCount, isInteger } from '@sconce/backend'
import { check, RuntimeError, sizes, ValueError } from '../../errors.ts'
import type { Schemas } from '../../schema/types.ts'
import { define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'

/** What undoes a max pool, but for what it dropped; `torch.nn.functional`. */
export const maxUnpoolSchemas = {
  maxUnpool1d:
    'max_unpool1d(Tensor self, Tensor indices, int[1] kernel_size, int[1]? stride=None, int[1] padding=[0], int[]? output_size=None) -> Tensor',
  maxUnpool2d:
    'max_unpool2d(Tensor self, Tensor indices, int[2] kernel_size, int[2]? stride=None, int[2] padding=[0,0], int[]? output_size=None) -> Tensor',
  maxUnpool3d:
    'max_unpool3d(Tensor self, Tensor indices, int[3] kernel_size, int[3]? stride=None, int[3] padding=[0,0,0], int[]? output_size=None) -> Tensor',
} as const satisfies Schemas

function maxUnpool(
  n: number,
  x: Tensor,
  indices: Tensor,
  kernel: number[],
  stride: number[] | undefined,
  padding: number[],
  size: number[] | undefined,
): Tensor {
  const step = stride && stride.length > 0 ? stride : kernel
  const space = x.shape.slice(x.ndim - n)
  const natural = space.map((s, i) => (s - 1) * step[i] + kernel[i] - 2 * padding[i])
  const out = size ? size.slice(size.length - n) : natural
  if (size) {
    out.forEach((s, i) => {
      if (s <= natural[i] - step[i] || s >= natural[i] + step[i]) {
        throw new ValueError(
          `invalid output_size "torch.Size(${sizes(out)})" (dim ${i} must be between ${natural[i] - step[i]} and ${natural[i] + step[i]})`,
        )
      }
    })
  }
  check(
    isInteger(indices.dtype),
    () => `elements in indices should be type int64 but got: ${indices.dtype}`,
  )
  check(
    sizes(x.shape) === sizes(indices.shape),
    () =>
      `Expected shape of indices to be same as that of the input tensor (${sizes(x.shape)}) but got indices tensor with shape: ${sizes(indices.shape)}`,
  )
  const lead = x.shape.slice(0, x.ndim - n)
  const count = elementCount(out)
  const flat = x.newZeros([...lead, count])
  if (x.numel() > 0 && indices.storage.device.backend.info.readSync === 'free') {
    const { min, max } = indices.aminmax()
    const bad = min.item() < 0 ? min.item() : max.item()
    if (bad < 0 || bad >= count) {
      throw new RuntimeError(
        `Found an invalid max index: ${bad} (output volumes are of size ${out.join('x')}`,
      )
    }
  }
  return flat
    .scatter(-1, indices.reshape([...lead, -1]), x.reshape([...lead, -1]))
    .view([...lead, ...out])
}

const implementations: FamilyImplementations<typeof maxUnpoolSchemas> = {
  max_unpool1d: (...args) => maxUnpool(1, ...args),
  max_unpool2d: (...args) => maxUnpool(2, ...args),
  max_unpool3d: (...args) => maxUnpool(3, ...args),
}

define(maxUnpoolSchemas, implementations, 'functional')
