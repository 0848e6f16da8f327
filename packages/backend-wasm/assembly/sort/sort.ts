// Stable sort and top-k of rows, with positions.
import { key32, key64 } from './keys'
import { FEW, offer, pairBytes, select, sortPairs } from './radix'

/**
 * Rows of `length` elements of `keys`' type decide the order; the first `count` of it are taken from x (elements of `size`
 * bytes) to `values`, and their positions (i32) to `indices`. Row strides in elements. Each of `units` units has `workspace` bytes, 16
 * per element (24 for 64-bit keys), and its share of the rows.
 */
@unmanaged
class SortArgs {
  keys: usize
  x: usize
  values: usize
  indices: usize
  workspace: usize
  workspaceBytes: i32
  rows: i32
  units: i32
  length: i32
  count: i32
  size: i32
  keysRow: i32
  xRow: i32
  valuesRow: i32
  indicesRow: i32
  descending: i32
}

function gather<T>(x: usize, positions: usize, values: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<T>(values, load<T>(x + <usize>load<i32>(positions + (<usize>i << 2)) * sizeof<T>()))
    values += sizeof<T>()
  }
}

/** Elements wanted up to which a short list of the best so far beats counting. */
// @ts-ignore: decorator
@inline
const VERY_FEW: i32 = 12

// @ts-ignore: decorator
@inline
function keyAt<T, K>(x: usize, i: i32): K {
  const p = x + <usize>i * sizeof<T>()
  return sizeof<K>() == 4 ? <K>key32<T>(p) : <K>key64<T>(p)
}

/** `T` is the type of the elements, `K` that of their keys. */
// @ts-ignore: decorator
@inline
function sort<T, K>(args: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<SortArgs>(args)
  const length = p.length
  const flip: K = p.descending ? ~(<K>0) : <K>0
  for (let unit = begin; unit < end; unit++) {
    const from = p.workspace + <usize>unit * <usize>p.workspaceBytes
    const to = from + pairBytes<K>(length)
    const positions = from + <usize>length * sizeof<K>()
    const last = <i32>((<i64>(unit + 1) * <i64>p.rows) / <i64>p.units)
    for (let row = <i32>((<i64>unit * <i64>p.rows) / <i64>p.units); row < last; row++) {
      const keys = p.keys + <usize>(row * p.keysRow) * sizeof<T>()
      let order = positions
      if (p.count <= VERY_FEW) {
        let kept = 0
        for (let i = 0; i < length; i++) {
          kept = offer<K>(from, positions, kept, p.count, keyAt<T, K>(keys, i) ^ flip, i)
        }
      } else {
        for (let i = 0; i < length; i++) {
          store<K>(from + <usize>i * sizeof<K>(), keyAt<T, K>(keys, i) ^ flip)
          store<i32>(positions + (<usize>i << 2), i)
        }
        let kept = length
        if (length > 4 * FEW && p.count < length / 4) kept = select<K>(from, length, length, p.count, scratch)
        order = sortPairs<K>(from, to, length, kept, scratch)
      }
      memory.copy(p.indices + (<usize>(row * p.indicesRow) << 2), order, <usize>p.count << 2)
      const x = p.x + <usize>(row * p.xRow) * <usize>p.size
      const values = p.values + <usize>(row * p.valuesRow) * <usize>p.size
      if (p.size == 4) gather<u32>(x, order, values, p.count)
      else if (p.size == 8) gather<u64>(x, order, values, p.count)
      else if (p.size == 2) gather<u16>(x, order, values, p.count)
      else gather<u8>(x, order, values, p.count)
    }
  }
}

/** `begin`…`end` count units. 16 KiB of scratch. The same holds for all below. */
export function sort_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  sort<f32, u32>(args, begin, end, scratch)
}
export function sort_i32(args: usize, begin: i32, end: i32, scratch: usize): void {
  sort<i32, u32>(args, begin, end, scratch)
}
export function sort_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  sort<f64, u64>(args, begin, end, scratch)
}
export function sort_i64(args: usize, begin: i32, end: i32, scratch: usize): void {
  sort<i64, u64>(args, begin, end, scratch)
}
