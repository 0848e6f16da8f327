import { type DType, isFloat, type ScanOp } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import type { Build } from '../device/programs.ts'
import { application } from '../glsl/ops.ts'
import type { Source } from '../glsl/source.ts'
import { fromTexture, integerLimits, toTexture, vectorLiteral, vectorType } from '../glsl/types.ts'

/** What is scanned: an op on values of a dtype, for min and max with the positions they came from. */
export interface Scanned {
  readonly op: ScanOp
  readonly dtype: DType
}

export const isIndexed = ({ op }: Scanned): boolean => op === 'min' || op === 'max'

/** The dtypes of what is scanned: values, and perhaps positions. */
export const dtypesOf = (scanned: Scanned): DType[] =>
  isIndexed(scanned) ? [scanned.dtype, 'int32'] : [scanned.dtype]

/** Texels of a block, whose total is found once and which later texels of the block walk over. */
export const blockTexels = 8

/** The words of a pass: texels of a row, and texels of a row of totals. */
export const words = { row: 0, totals: 1 } as const

/** Four running results: names of variables. */
interface Running {
  readonly value: string
  readonly position: string | undefined
}

/** Writes scans of rows of texels. */
class Scan {
  readonly #source: Source
  readonly #scanned: Scanned

  constructor(source: Source, scanned: Scanned) {
    this.#source = source
    this.#scanned = scanned
  }

  /** Results of nothing. */
  nothing(): Running {
    const { op, dtype } = this.#scanned
    const [low, high] = integerLimits[dtype] ?? [-Infinity, Infinity]
    const neutral = { sum: 0, prod: 1, logsumexp: -Infinity, min: high, max: low }[op]
    return this.#keep(vectorLiteral(neutral, dtype), 'ivec4(-1)')
  }

  #keep(value: string, position: string | undefined): Running {
    const source = this.#source
    return {
      value: source.let(vectorType(this.#scanned.dtype), value),
      position: isIndexed(this.#scanned) ? source.let('ivec4', `${position}`) : undefined,
    }
  }

  /** The texel of a number from the textures from `slot` on, or one element of them in all lanes. */
  read(slot: number, way: 'at' | 'splat', place: string): Running {
    const source = this.#source
    const [value, position] = dtypesOf(this.#scanned).map((dtype, i) =>
      fromTexture(dtype, source.call(way, source.texture(slot + i, samplerOf(dtype)), place)),
    )
    return this.#keep(value, position)
  }

  /** Lanes in another order. */
  #lanes({ value, position }: Running, order: string): Running {
    return this.#keep(`${value}.${order}`, position && `${position}.${order}`)
  }

  select(condition: string, a: Running, b: Running): Running {
    const source = this.#source
    const pick = (x: string, y: string) => source.call('sel', condition, x, y)
    const position = a.position && b.position && pick(a.position, b.position)
    return this.#keep(pick(a.value, b.value), position)
  }

  assign(to: Running, from: Running): void {
    this.#source.line(`${to.value} = ${from.value};`)
    if (to.position) this.#source.line(`${to.position} = ${from.position};`)
  }

  /** Both together, in whatever order. */
  combine(a: Running, b: Running): Running {
    const { op, dtype } = this.#scanned
    switch (op) {
      case 'sum':
      case 'prod': {
        const name = op === 'sum' ? 'add' : 'mul'
        return this.#keep(application(this.#source, name, dtype, [a.value, b.value]), undefined)
      }
      case 'logsumexp':
        return this.#keep(this.#logSumExp(a.value, b.value), undefined)
      case 'min':
      case 'max':
        return this.select(this.#wins(a, b, op), b, a)
      default:
        return op satisfies never
    }
  }

  /** log(exp a + exp b) without overflow; equal infinities are themselves. */
  #logSumExp(a: string, b: string): string {
    const source = this.#source
    const of = (...[op, args]: [Parameters<typeof application>[1], string[]]) =>
      source.let('vec4', application(source, op, 'float32', args))
    const distance = of('abs', [of('sub', [a, b])])
    const more = of('log1p', [of('exp', [of('neg', [distance])])])
    const sum = of('add', [of('max', [a, b]), more])
    const infinite = source.call('b_and', `equal(${a}, ${b})`, `equal(abs(${a}), vec4(INF))`)
    source.use('constants')
    return source.call('sel', infinite, a, sum)
  }

  /** Where `b` takes the place of `a`: it is better, or as good and later; NaN is best. */
  #wins(a: Running, b: Running, op: 'min' | 'max'): string {
    const source = this.#source
    const { dtype } = this.#scanned
    const test = (name: 'lt' | 'gt' | 'eq') => application(source, name, dtype, [b.value, a.value])
    let better = test(op === 'max' ? 'gt' : 'lt')
    let same = test('eq')
    if (isFloat(dtype)) {
      const nans = [a, b].map(({ value }) => source.let('bvec4', source.call('f_isnan', value)))
      better = source.call('b_or', better, source.call('b_and', nans[1], `not(${nans[0]})`))
      same = source.call('b_or', same, source.call('b_and', nans[0], nans[1]))
    }
    const later = `greaterThan(${b.position}, ${a.position})`
    return source.let('bvec4', source.call('b_or', better, source.call('b_and', same, later)))
  }

  /** All four lanes together, in each. */
  total(four: Running): Running {
    const pairs = this.combine(four, this.#lanes(four, 'yxwz'))
    return this.combine(pairs, this.#lanes(pairs, 'zwxy'))
  }

  /** Each lane with those before it. */
  within(four: Running): Running {
    const one = this.combine(this.#lanes(four, 'xxyz'), four)
    const pairs = this.select('bvec4(false, true, true, true)', one, four)
    const two = this.combine(this.#lanes(pairs, 'xxxy'), pairs)
    return this.select('bvec4(false, false, true, true)', two, pairs)
  }

  /** Lanes of texels from one number to another, that excluded, together. */
  over(begin: string, end: string): Running {
    const source = this.#source
    const running = this.nothing()
    source.line(`for (int t = ${begin}; t < ${end}; t++) {`)
    this.assign(running, this.combine(running, this.read(0, 'at', 't')))
    source.line('}')
    return running
  }

  store({ value, position }: Running): void {
    const source = this.#source
    const values = [value, position]
    dtypesOf(this.#scanned).forEach((dtype, i) => {
      const code = dtype === 'bool' ? `ivec4(${values[i]})` : `${values[i]}`
      source.line(`${source.output(samplerOf(dtype))} = ${toTexture(dtype, code)};`)
    })
  }
}

/** The row of a fragment and its texel within that; `word` is the number of texels in a row. */
function placeIn(source: Source, word: number): { row: string; local: string } {
  const texel = source.let('int', source.call('texel'))
  const size = source.extra(word)
  const row = source.let('int', source.call('quotient', texel, size, source.inverseExtra(word)))
  return { row, local: source.let('int', `${texel} - ${row} * ${size}`) }
}

/** The totals of the blocks of each row, four blocks to a texel. */
export const buildTotals =
  (scanned: Scanned): Build =>
  (source) => {
    const scan = new Scan(source, scanned)
    source.use('constants')
    const { row, local } = placeIn(source, words.totals)
    const result = scan.nothing()
    source.line('for (int lane = 0; lane < 4; lane++) {')
    const first = source.let('int', `(4 * ${local} + lane) * ${blockTexels}`)
    const start = source.let('int', `${row} * ${source.extra(words.row)}`)
    const end = `${start} + min(${first} + ${blockTexels}, ${source.extra(words.row)})`
    const total = scan.total(scan.over(`${start} + ${first}`, end))
    scan.assign(result, scan.select('equal(LANES, ivec4(lane))', total, result))
    source.line('}')
    scan.store(result)
  }

/** The scan of each row; where rows have several blocks, with those of the totals in further textures. */
export const buildScan =
  (scanned: Scanned, blocks: boolean): Build =>
  (source) => {
    const scan = new Scan(source, scanned)
    const { row, local } = placeIn(source, words.row)
    const start = source.let('int', `${row} * ${source.extra(words.row)}`)
    const block = source.let('int', blocks ? `${local} / ${blockTexels}` : '0')
    const first = source.let('int', `${start} + ${block} * ${blockTexels}`)
    let before = scan.total(scan.over(first, `${start} + ${local}`))
    if (blocks) {
      const element = `4 * ${row} * ${source.extra(words.totals)} + max(${block} - 1, 0)`
      const carried = scan.read(dtypesOf(scanned).length, 'splat', element)
      const some = source.let('bvec4', `bvec4(${block} > 0)`)
      before = scan.combine(scan.select(some, carried, scan.nothing()), before)
    }
    const own = scan.within(scan.read(0, 'at', `${start} + ${local}`))
    scan.store(scan.combine(before, own))
  }
