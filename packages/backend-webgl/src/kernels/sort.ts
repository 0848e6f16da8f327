import {
  contiguousStrides,
  type DType,
  type Expr,
  elementCount,
  index,
  isFloat,
  kernels,
  load,
  type Operand,
  type SortKernel,
  scalar,
} from '@sconce/backend'
import type { Build } from '../device/programs.ts'
import { cover } from '../device/region.ts'
import { texelsOf } from '../device/textures.ts'
import type { Engine } from '../engine.ts'
import type { Source } from '../glsl/source.ts'
import type { WebglBuffer } from '../storage.ts'

const largest = 2 ** 31 - 1

/** An int32 that is ordered as the value is: NaN above all, both zeros alike. */
function orderedInteger(x: Expr): Expr {
  if (!isFloat(x.dtype)) return x.cast('int32')
  const bits = x.eq(0).where(0, x.bitcast())
  // Of negative numbers the larger magnitude is the smaller.
  const ordered = bits.lt(0).where(bits.xor(largest), bits)
  return x.isnan().where(largest, ordered)
}

/** A map kernel from rows to padded rows of keys and positions; scalar 0 is the length of a row. */
function keysOf(dtype: DType, rank: number, descending: boolean) {
  const at = Array.from({ length: rank }, (_, d) => index(d))
  const last = index(rank - 1)
  const ordered = orderedInteger(load(0, dtype, at))
  const key = descending ? ordered.not() : ordered
  return kernels.map([last.ge(scalar(0, 'int32')).where(largest, key), last], [dtype])
}

/** A map kernel from the sorted positions to the outputs. */
function resultsOf(dtype: DType, rank: number) {
  const at = Array.from({ length: rank }, (_, d) => index(d))
  const position = load(1, 'int32', at)
  return kernels.map([load(0, dtype, [...at.slice(0, -1), position]), position], [dtype, 'int32'])
}

/** What one pass of the network does: steps across texels, then perhaps those within. */
interface Pass {
  readonly steps: 0 | 1 | 2
  readonly within: boolean
  /** Size of the blocks that come out sorted, and distance of the first step, in texels. */
  readonly block: number
  readonly distance: number
}

/** The passes of a bitonic network (Batcher, 1968) on rows of `texels` texels, two steps in one. */
export function network(texels: number): Pass[] {
  // Block 0: blocks of two and of one texel.
  const passes: Pass[] = [{ steps: 0, within: true, block: 0, distance: 0 }]
  for (let block = 2; block <= texels; block *= 2) {
    let distance = block / 2
    if (Math.log2(block) % 2 === 1) {
      passes.push({ steps: 1, within: distance === 1, block, distance })
      distance /= 2
    }
    while (distance >= 1) {
      passes.push({ steps: 2, within: distance === 2, block, distance })
      distance /= 4
    }
  }
  return passes
}

/** Four pairs of a key and its position: names of two ivec4. */
interface Pairs {
  readonly key: string
  readonly position: string
}

const words = { row: 0, block: 1, distance: 2 } as const

class Network {
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  read(texel: string): Pairs {
    const source = this.#source
    const [key, position] = [0, 1].map((slot) =>
      source.let('ivec4', source.call('at', source.texture(slot, 'int'), texel)),
    )
    return { key, position }
  }

  /** Of two by two the earlier where `earlier` holds, else the later. */
  choose(a: Pairs, b: Pairs, earlier: string): Pairs {
    const source = this.#source
    const tie = source.call(
      'b_and',
      `equal(${a.key}, ${b.key})`,
      `lessThan(${a.position}, ${b.position})`,
    )
    const before = source.call('b_or', `lessThan(${a.key}, ${b.key})`, tie)
    const keep = source.let('bvec4', `equal(${before}, ${earlier})`)
    const pick = (x: string, y: string) => source.let('ivec4', source.call('sel', keep, x, y))
    return { key: pick(a.key, b.key), position: pick(a.position, b.position) }
  }

  /** A step between lanes: `order` names each lane's partner, `first` the lanes that come first of two. */
  across(pairs: Pairs, order: string, first: string, rising: string): Pairs {
    const source = this.#source
    const partner = (x: string) => source.let('ivec4', `${x}.${order}`)
    const other = { key: partner(pairs.key), position: partner(pairs.position) }
    return this.choose(pairs, other, source.let('bvec4', `equal(${first}, bvec4(${rising}))`))
  }
}

const buildPass =
  ({ steps, within, block }: Pass): Build =>
  (source) => {
    const network = new Network(source)
    const texel = source.let('int', source.call('texel'))
    const local = source.let('int', `${texel} & (${source.extra(words.row)} - 1)`)
    const rising = source.let('bool', `(${local} & ${source.extra(words.block)}) == 0`)
    const distance = source.extra(words.distance)
    const half = `(${distance} >> 1)`
    // The texel at `place` after the first step: it and its partner have one side each.
    const first = (place: string): Pairs => {
      const low = `(${place} & ${distance}) == 0`
      const earlier = source.let('bvec4', `bvec4((${low}) == ${rising})`)
      return network.choose(network.read(place), network.read(`${place} ^ ${distance}`), earlier)
    }
    let pairs = steps === 0 ? network.read(texel) : first(texel)
    if (steps === 2) {
      const other = first(source.let('int', `${texel} ^ ${half}`))
      const low = `(${texel} & ${half}) == 0`
      pairs = network.choose(pairs, other, source.let('bvec4', `bvec4((${low}) == ${rising})`))
    }
    if (within) {
      const halves = 'bvec4(true, true, false, false)'
      const evens = 'bvec4(true, false, true, false)'
      if (block === 0) {
        pairs = network.across(pairs, 'yxwz', 'bvec4(true, false, false, true)', 'true')
        const odd = source.let('bool', `(${local} & 1) == 0`)
        pairs = network.across(pairs, 'zwxy', halves, odd)
        pairs = network.across(pairs, 'yxwz', evens, odd)
      } else {
        pairs = network.across(pairs, 'zwxy', halves, rising)
        pairs = network.across(pairs, 'yxwz', evens, rising)
      }
    }
    source.line(`${source.output('int')} = ${pairs.key};`)
    source.line(`${source.output('int')} = ${pairs.position};`)
  }

/** Runs a stable sort of rows: keys with their positions through a network, then the values by position. */
export function runSort(
  engine: Engine,
  kernel: SortKernel,
  [source]: readonly Operand[],
  outputs: readonly Operand[],
  _scalars: ArrayLike<number>,
): void {
  const { dtype, descending } = kernel
  const rank = source.shape.length
  const n = source.shape[rank - 1]
  if (elementCount(source.shape) === 0) return
  const padded = Math.max(4, 2 ** Math.ceil(Math.log2(n)))
  const shape = [...source.shape.slice(0, -1), padded]
  const length = elementCount(shape)
  const strides = contiguousStrides(shape)
  const buffers: WebglBuffer[] = []
  const take = (): Operand => {
    const buffer = engine.allocate('int32', length)
    buffers.push(buffer)
    return { buffer, dtype: 'int32', shape, strides, offset: 0 }
  }
  try {
    const [keys, positions] = [take(), take()]
    engine.execute(keysOf(dtype, rank, descending), [source], [keys, positions], [n])
    sortPairs(engine, buffers[0], buffers[1], padded / 4)
    engine.execute(resultsOf(dtype, rank), [source, positions], outputs, [])
  } finally {
    for (const buffer of buffers) engine.free(buffer)
  }
}

/** Sorts rows of `row` texels in place. */
function sortPairs(engine: Engine, keys: WebglBuffer, positions: WebglBuffer, row: number): void {
  const texels = texelsOf(keys.length)
  for (const pass of network(row)) {
    const from = [engine.contents(keys), engine.contents(positions)]
    const to = [engine.acquire('int', texels), engine.acquire('int', texels)]
    const key = `sort ${pass.steps} ${pass.within} ${pass.block === 0}`
    const program = engine.program(key, buildPass(pass))
    const extra = [row, pass.block, pass.distance]
    engine.draw(program, { shape: [], operands: [], scalars: [], extra }, from, to, cover(texels))
    engine.swap(keys, to[0])
    engine.swap(positions, to[1])
  }
}
