import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** In the order in which they run. */
const forms = ['tensors', 'autograd', 'modules', 'optimizers']

/** The losses that each form prints. */
function losses(device: string): number[][] {
  const out = execFileSync(
    process.execPath,
    ['--conditions=@sconce/source', '--import', 'tsx', main, '--device', device],
    { encoding: 'utf8' },
  )
  const all = [...out.matchAll(/step \d+ {2}loss (\S+)/g)].map((m) => Number(m[1]))
  expect(all).toHaveLength(20 * forms.length)
  return forms.map((_, i) => all.slice(20 * i, 20 * (i + 1)))
}

describe('the series', () => {
  it.each(['cpu', 'wasm'])(
    'is what runs by default, with the same losses in all its forms on %s',
    (device) => {
      const [byHand, ...others] = losses(device)
      expect(byHand[0]).toBeCloseTo(27.0165, 3)
      expect(byHand[19]).toBeCloseTo(13.0497, 3)
      for (const form of others) {
        form.forEach((loss, i) => {
          expect(loss).toBeCloseTo(byHand[i], 3)
        })
      }
    },
  )
})
