// Stable sorting of (key, position) pairs, least significant digit first, and selection of the smallest.

/** Pairs up to which inserting beats counting. */
// @ts-ignore: decorator
@inline
export const FEW: i32 = 48

// @ts-ignore: decorator
@inline
function digits<K>(): i32 {
  return <i32>sizeof<K>()
}

/** Bytes of a list of `length` pairs: keys, then positions. */
// @ts-ignore: decorator
@inline
export function pairBytes<K>(length: i32): usize {
  return <usize>length * (sizeof<K>() + 4)
}

// @ts-ignore: decorator
@inline
function keyAt<K>(keys: usize, i: i32): K {
  return load<K>(keys + <usize>i * sizeof<K>())
}

// @ts-ignore: decorator
@inline
function put<K>(keys: usize, positions: usize, i: i32, key: K, position: i32): void {
  store<K>(keys + <usize>i * sizeof<K>(), key)
  store<i32>(positions + (<usize>i << 2), position)
}

// @ts-ignore: decorator
@inline
function positionAt(positions: usize, i: i32): i32 {
  return load<i32>(positions + (<usize>i << 2))
}

function insertion<K>(keys: usize, positions: usize, count: i32): void {
  for (let i = 1; i < count; i++) {
    const key = keyAt<K>(keys, i)
    const position = positionAt(positions, i)
    let j = i
    for (; j > 0 && keyAt<K>(keys, j - 1) > key; j--) {
      put<K>(keys, positions, j, keyAt<K>(keys, j - 1), positionAt(positions, j - 1))
    }
    put<K>(keys, positions, j, key, position)
  }
}

/**
 * Sorts `count` pairs at `from`, with `to` as the other buffer; both have room for `room` pairs. Returns where the sorted
 * positions are. `counts` points to 256 counters (i32) for each byte of a key.
 */
export function sortPairs<K>(from: usize, to: usize, room: i32, count: i32, counts: usize): usize {
  const size = sizeof<K>()
  const offset = <usize>room * size
  if (count <= FEW) {
    insertion<K>(from, from + offset, count)
    return from + offset
  }
  memory.fill(counts, 0, <usize>digits<K>() << 10)
  for (let i = 0; i < count; i++) {
    let key = keyAt<K>(from, i)
    for (let d = 0; d < digits<K>(); d++) {
      const counter = counts + (<usize>d << 10) + (<usize>(key & <K>255) << 2)
      store<i32>(counter, load<i32>(counter) + 1)
      key >>= <K>8
    }
  }
  for (let d = 0; d < digits<K>(); d++) {
    const shift = <K>(d << 3)
    const table = counts + (<usize>d << 10)
    // A digit that all share sorts nothing.
    const first = <usize>((keyAt<K>(from, 0) >> shift) & <K>255) << 2
    if (load<i32>(table + first) == count) continue
    let total = 0
    for (let b: usize = 0; b < 1024; b += 4) {
      const number = load<i32>(table + b)
      store<i32>(table + b, total)
      total += number
    }
    for (let i = 0; i < count; i++) {
      const key = keyAt<K>(from, i)
      const counter = table + (<usize>((key >> shift) & <K>255) << 2)
      const at = load<i32>(counter)
      store<i32>(counter, at + 1)
      put<K>(to, to + offset, at, key, positionAt(from + offset, i))
    }
    const other = from
    from = to
    to = other
  }
  return from + offset
}

/** Leading bits by which `select` judges. */
// @ts-ignore: decorator
@inline
const LEADING: i32 = 12

/**
 * Moves those of `count` pairs that can be among the `wanted` smallest to the front, in their order, and
 * returns how many they are. `counts` points to 4096 counters.
 */
export function select<K>(keys: usize, room: i32, count: i32, wanted: i32, counts: usize): i32 {
  const shift = <K>((digits<K>() << 3) - LEADING)
  memory.fill(counts, 0, 4 << LEADING)
  for (let i = 0; i < count; i++) {
    const counter = counts + (<usize>(keyAt<K>(keys, i) >> shift) << 2)
    store<i32>(counter, load<i32>(counter) + 1)
  }
  let last = 0
  for (let total = 0; last < (1 << LEADING) - 1; last++) {
    total += load<i32>(counts + (<usize>last << 2))
    if (total >= wanted) break
  }
  const positions = keys + <usize>room * sizeof<K>()
  let kept = 0
  for (let i = 0; i < count; i++) {
    const key = keyAt<K>(keys, i)
    if (<i32>(key >> shift) > last) continue
    put<K>(keys, positions, kept, key, positionAt(positions, i))
    kept++
  }
  return kept
}

/**
 * Adds a pair to the `kept` smallest so far, which are in order, if it belongs to the `wanted` smallest. Returns how many
 * there are then. Pairs come in the order of their positions, so that of equal keys the earlier stays.
 */
// @ts-ignore: decorator
@inline
export function offer<K>(keys: usize, positions: usize, kept: i32, wanted: i32, key: K, position: i32): i32 {
  if (kept == wanted) {
    if (key >= keyAt<K>(keys, kept - 1)) return kept
    kept--
  }
  let j = kept
  for (; j > 0 && keyAt<K>(keys, j - 1) > key; j--) {
    put<K>(keys, positions, j, keyAt<K>(keys, j - 1), positionAt(positions, j - 1))
  }
  put<K>(keys, positions, j, key, position)
  return kept + 1
}
