/** Floating-point operations below which a product isn't worth cutting. */
const worthCutting = 1 << 20

/** Tasks per thread: several, so that a thread that was late does fewer. */
const perThread = 3

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit

/**
 * How `batch` products m × n are cut into tasks: along the longer side, in whole register tiles. One
 * thread gets each product as a whole, so that nothing is packed twice.
 */
export function tiles(threads: number, batch: number, m: number, n: number, work: number) {
  const cuts = threads > 1 && work > worthCutting ? Math.ceil((threads * perThread) / batch) : 1
  if (cuts < 2) return { tileM: 0, tileN: 0, tasks: batch }
  if (m >= n) {
    const tileM = roundUp(m / cuts, 12)
    return { tileM, tileN: 0, tasks: batch * Math.ceil(m / tileM) }
  }
  const tileN = roundUp(n / cuts, 16)
  return { tileM: 0, tileN, tasks: batch * Math.ceil(n / tileN) }
}
