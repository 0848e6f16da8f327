import { elementCount, type Operand } from '@sconce/backend'
import { dense } from '../copy.ts'
import type { Host } from '../host.ts'
import { type FloatName, sizeOf } from '../operands.ts'
import { tables, windowed } from './forward.ts'
import { evenStride, type Geometry, product, volume } from './geometry.ts'
import { convolveWeights } from './patches.ts'

/** gw from x and gy; gw is dense. */
export function weightGradient(
  host: Host,
  dtype: FloatName,
  xOperand: Operand,
  gyOperand: Operand,
  gw: Operand,
  g: Geometry,
  flags: number,
): void {
  const spaced = volume(gyOperand)
  const even = evenStride(spaced.size, spaced.strides) === 1
  const gy = even ? spaced : volume(dense(host, gyOperand))
  const [x, window] = [volume(xOperand), volume(gw)]
  if (x.items === 0) {
    const bytes = elementCount(gw.shape) * sizeOf(dtype)
    new Uint8Array(host.memory.buffer, host.address(gw), bytes).fill(0)
    return
  }
  const source = windowed(host, dtype, x, gy.size, window.size, g)
  convolveWeights(
    host,
    dtype,
    {
      items: x.items,
      groups: g.groups,
      m: gy.channels / g.groups,
      n: product(gy.size),
      k: window.channels * product(window.size),
      source,
      sourceChannels: window.channels,
      ...tables(source, gy.size, window.size, window.channels, g),
      run: gy.size[2],
      gradient: {
        address: host.address(gy.operand),
        item: gy.itemStride,
        channel: gy.channelStride,
      },
      out: host.address(gw),
    },
    flags,
  )
}
