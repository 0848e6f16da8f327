// Lists of dims behind an argument block.

/** The offset, in elements, of position `index` of a row-major list of `rank` pairs (size, stride). */
export function offsetAt(dims: usize, rank: i32, index: i32): i32 {
  let offset = 0
  for (let d = rank - 1; d >= 0; d--) {
    const pair = dims + (<usize>d << 3)
    const size = load<i32>(pair)
    const rest = index / size
    offset += (index - rest * size) * load<i32>(pair, 4)
    index = rest
  }
  return offset
}
