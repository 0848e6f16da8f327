/**
 * Weights and training state to PyTorch and back, with the same results on both sides. Says why it
 * does nothing where there is no PyTorch.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { init } from 'sconce'
import { handOver } from './hand-over.ts'
import { type ModelName, models } from './models.ts'
import { findTorch } from './python.ts'
import { fromTorch, toTorch } from './weights.ts'

/** What float32 may differ by between two libraries that sum in other orders. */
const TOLERANCE = 1e-5

/** Prints a line of the report; true if all differences are within the tolerance. */
function report(title: string, differences: Readonly<Record<string, number>>): boolean {
  const ok = Object.values(differences).every((value) => value <= TOLERANCE)
  const text = Object.entries(differences).map(([name, d]) => `${name} ${d.toExponential(1)}`)
  console.log(`${ok ? '✓' : '✗'} ${title}: largest differences: ${text.join(', ')}`)
  return ok
}

async function exchange(folder: string): Promise<boolean> {
  const results: boolean[] = []
  for (const name of Object.keys(models) as ModelName[]) {
    results.push(report(`${name}, Sconce to PyTorch`, { ...(await toTorch(name, folder)) }))
    results.push(report(`${name}, PyTorch to Sconce`, { ...(await fromTorch(name, folder)) }))
  }
  const { processes, ...differences } = await handOver(folder)
  const title = `rows, handed over to DistributedDataParallel in ${processes} processes and back`
  results.push(report(title, differences))
  return results.every((ok) => ok)
}

const { values } = parseArgs({ options: { device: { type: 'string', default: 'cpu' } } })
const torch = await findTorch()
if ('missing' in torch) {
  console.log(`skipped: ${torch.missing}`)
} else {
  const device = await init(values.device)
  console.log(`PyTorch ${torch.version}, Sconce on ${device}`)
  const folder = await mkdtemp(join(tmpdir(), 'sconce-exchange-'))
  try {
    process.exitCode = (await exchange(folder)) ? 0 : 1
  } finally {
    await rm(folder, { recursive: true })
  }
}
