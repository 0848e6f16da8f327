// Copies planes into zero-padded ones, optionally with each row's columns sorted by their remainder modulo a stride.

/**
 * dst[plane][z][y][(x % phases) · (columns / phases) + x / phases] = src[z - padZ][y - padY][x - padX], zero outside of it.
 * `planes` of src lie at item·srcItem + channel·srcChannel with `channels` per item; dst is contiguous. `depth`,
 * `rows`, `columns` are the padded sizes, columns a multiple of phases. Pads may be negative (a crop). Strides in elements.
 */
@unmanaged
class PadArgs {
  src: usize
  dst: usize
  channels: i32
  srcItem: i32
  srcChannel: i32
  srcZ: i32
  srcY: i32
  srcX: i32
  srcDepth: i32
  srcRows: i32
  srcColumns: i32
  padZ: i32
  padY: i32
  padX: i32
  depth: i32
  rows: i32
  columns: i32
  phases: i32
}

/** `count` elements `stride` bytes apart to neighbouring ones. */
function gatherRow<T>(dst: usize, src: usize, stride: usize, count: i32): void {
  const size = sizeof<T>()
  if (stride == size) {
    memory.copy(dst, src, <usize>count * size)
    return
  }
  if (sizeof<T>() == 4 && stride == 8) {
    // Reads whole vectors only while the last lane read is an element of the row.
    for (; count > 4; count -= 4) {
      v128.store(dst, v128.shuffle<u32>(v128.load(src), v128.load(src, 16), 0, 2, 4, 6))
      src += 32
      dst += 16
    }
  }
  for (; count > 0; count--) {
    store<T>(dst, load<T>(src))
    src += stride
    dst += size
  }
}

function padPlanes<T>(args: PadArgs, begin: i32, end: i32): void {
  const size = sizeof<T>()
  const phases = args.phases
  const perPhase = args.columns / phases
  const rowBytes = <usize>args.columns * size
  const last = min(args.columns, args.padX + args.srcColumns)
  for (let plane = begin; plane < end; plane++) {
    const item = plane / args.channels
    const channel = plane - item * args.channels
    const src = args.src + <usize>(item * args.srcItem + channel * args.srcChannel) * size
    let dst = args.dst + <usize>plane * <usize>(args.depth * args.rows) * rowBytes
    for (let z = 0; z < args.depth; z++) {
      for (let y = 0; y < args.rows; y++) {
        const sz = z - args.padZ
        const sy = y - args.padY
        memory.fill(dst, 0, rowBytes)
        if (<u32>sz < <u32>args.srcDepth && <u32>sy < <u32>args.srcRows) {
          const row = src + <usize>(sz * args.srcZ + sy * args.srcY) * size
          for (let phase = 0; phase < phases; phase++) {
            // The first column of this remainder that lies inside the source.
            const skip = max(0, (args.padX - phase + phases - 1) / phases)
            const x = phase + skip * phases
            if (x >= last) continue
            const count = (last - x + phases - 1) / phases
            const from = row + <usize>((x - args.padX) * args.srcX) * size
            gatherRow<T>(dst + <usize>(phase * perPhase + skip) * size, from, <usize>(args.srcX * phases) * size, count)
          }
        }
        dst += rowBytes
      }
    }
  }
}

/** `begin`…`end` count planes. No scratch. */
export function pad_planes_f32(args: usize, begin: i32, end: i32, scratch: usize): void {
  padPlanes<f32>(changetype<PadArgs>(args), begin, end)
}

export function pad_planes_f64(args: usize, begin: i32, end: i32, scratch: usize): void {
  padPlanes<f64>(changetype<PadArgs>(args), begin, end)
}
