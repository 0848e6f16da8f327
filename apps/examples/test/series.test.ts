import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Losses that an example prints. */
function losses(name: string, device: string): number[] {
  const out = execFileSync(
    process.execPath,
    ['--conditions=@sconce/source', '--import', 'tsx', main, name, '--device', device],
    { encoding: 'utf8' },
  )
  return [...out.matchAll(/step \d+ {2}loss (\S+)/g)].map((m) => Number(m[1]))
}

describe('the series', () => {
  it.each(['cpu', 'wasm'])('has the same losses in all its forms on %s', (device) => {
    const byHand = losses('tensors', device)
    expect(byHand).toHaveLength(20)
    expect(byHand[0]).toBeCloseTo(27.0165, 3)
    expect(byHand[19]).toBeCloseTo(13.0497, 3)
    for (const form of ['autograd', 'modules', 'optimizers']) {
      losses(form, device).forEach((loss, i) => expect(loss).toBeCloseTo(byHand[i], 3))
    }
  })
})
