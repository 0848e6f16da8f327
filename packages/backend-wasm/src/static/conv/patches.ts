import { args } from '../arguments.ts'
import type { Host } from '../host.ts'
import { type FloatName, suffix } from '../operands.ts'
import { tiles } from '../tiles.ts'
import { uploadIntegers } from '../upload.ts'
import type { Planes } from './planes.ts'

/** One product with a patch matrix for each item and group: see PatchArgs in assembly/conv.ts. */
export interface Patches {
  readonly items: number
  readonly groups: number
  /** Output channels per group, output positions, and channels × taps. */
  readonly m: number
  readonly n: number
  readonly k: number
  readonly source: Planes
  /** Channels of the source per group. */
  readonly sourceChannels: number
  readonly stepTable: Int32Array
  readonly positionTable: Int32Array
  /** Length of the runs of neighbours in `positionTable`. */
  readonly run: number
  readonly weights: {
    readonly address: number
    readonly group: number
    readonly row: number
    /** Offsets of the columns, if they are not neighbours. */
    readonly columns: Int32Array | undefined
  }
  readonly out: {
    readonly address: number
    readonly item: number
    readonly channel: number
    /** Offsets of the positions, if they are not neighbours. */
    readonly positions: Int32Array | undefined
  }
}

/** Rows of a product below which it is faster to sum tap by tap than to fill tiles. */
const fewRows = 3

/** Runs shorter than this leave most of a register empty in the direct kernels. */
const shortRun = 4

export function convolve(
  host: Host,
  dtype: FloatName,
  patches: Patches,
  flags: number,
  bias: number,
): void {
  const { items, groups, m, n, k, source, sourceChannels, weights, out, run } = patches
  if (items * groups * m * n === 0) return
  const direct = m < fewRows && run >= shortRun
  const work = 2 * items * groups * m * n * Math.max(k, 1)
  const cut = tiles(host.threads, items * groups, m, n, work)
  const upload = (table: Int32Array | undefined) => (table ? uploadIntegers(host, table) : 0)
  args
    .reset(weights.address, source.address, out.address, bias)
    .add(upload(weights.columns), upload(patches.stepTable), upload(patches.positionTable))
    .add(upload(out.positions), items, groups, m, n, k, weights.group, weights.row)
    .add(source.item, sourceChannels * source.channel, out.item, m * out.channel, out.channel)
    .add(run, cut.tileM, cut.tileN, flags)
  if (direct) {
    host.dispatch(`convolve_direct_${suffix[dtype]}`, args, items * groups * m, work / 6)
  } else host.dispatch(`convolve_${suffix[dtype]}`, args, cut.tasks, work / 22)
}

/** The gradient of the weights, summed over items and positions: see PatchWeightArgs in assembly/conv.ts. */
export interface WeightPatches {
  readonly items: number
  readonly groups: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly source: Planes
  readonly sourceChannels: number
  readonly stepTable: Int32Array
  readonly positionTable: Int32Array
  readonly run: number
  /** The gradient of the output: rows of `n` neighbours. */
  readonly gradient: { readonly address: number; readonly item: number; readonly channel: number }
  /** Dense [groups · m, k]. */
  readonly out: number
}

export function convolveWeights(
  host: Host,
  dtype: FloatName,
  patches: WeightPatches,
  flags: number,
): void {
  const { items, groups, m, n, k, source, sourceChannels, gradient, run } = patches
  const direct = m < fewRows && run >= shortRun
  const work = 2 * items * groups * m * n * k
  const cut = tiles(host.threads, groups, m, k, work)
  args
    .reset(gradient.address, source.address, patches.out)
    .add(uploadIntegers(host, patches.stepTable), uploadIntegers(host, patches.positionTable))
    .add(items, groups, m, n, k, gradient.item, m * gradient.channel, gradient.channel)
    .add(source.item, sourceChannels * source.channel, m * k, k, run, cut.tileM, cut.tileN, flags)
  if (direct) host.dispatch(`convolve_direct_weight_${suffix[dtype]}`, args, groups * m, work / 6)
  else host.dispatch(`convolve_weight_${suffix[dtype]}`, args, cut.tasks, work / 22)
}
