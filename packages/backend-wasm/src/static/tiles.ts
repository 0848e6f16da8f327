/** Floating-point operations below which a product isn't worth cutting. */
const worthCutting = 1 << 20

/** Tasks per thread: several, so that a thread that was late does fewer. */
const perThread = 3

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit

/**
 * How `batch` products m × n are cut into tasks: into nearly square parts of whole register tiles, as each
 * task packs its own copies of what it reads. One thread gets each product as a whole.
 */
export function tiles(threads: number, batch: number, m: number, n: number, work: number) {
  const cuts = threads > 1 && work > worthCutting ? Math.ceil((threads * perThread) / batch) : 1
  if (cuts < 2) return { tileM: 0, tileN: 0, tasks: batch }
  const high = Math.min(cuts, Math.max(1, Math.round(Math.sqrt((cuts * m) / n))))
  const tileM = roundUp(m / high, 12)
  const tileN = roundUp(n / Math.ceil(cuts / high), 16)
  return { tileM, tileN, tasks: batch * Math.ceil(m / tileM) * Math.ceil(n / tileN) }
}
