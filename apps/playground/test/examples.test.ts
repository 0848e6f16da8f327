import { describe, expect, it } from 'vitest'
import { backends, PATIENCE, usePlayground } from './support/playground.ts'

interface Expectation {
  readonly title: string
  /** How many losses are printed, and the first and the last of them. */
  readonly losses: readonly [count: number, first: number, last: number]
  readonly within?: number
  /** What else is printed. */
  readonly prints?: RegExp
  /** Titles of what is shown. */
  readonly shows: readonly string[]
}

const network = [20, 27.0165, 13.0497] as const

const expectations: readonly Expectation[] = [
  { title: 'Tensors', losses: network, shows: ['loss'] },
  {
    title: 'Autograd',
    losses: network,
    prints: /x1\.grad tensor\(\[\[14\.4150, 14\.4150\],\s+\[14\.4150, 14\.4150\]\]/,
    shows: ['loss', 'Autograd graph', 'Graph of the network'],
  },
  {
    title: 'Modules',
    losses: network,
    prints: /\(hidden\): Linear\(in_features=3, out_features=32, bias=True\)/,
    shows: ['loss', 'hidden weights', 'hidden activations'],
  },
  { title: 'Optimizers', losses: network, shows: ['loss', 'gradient of the hidden weights'] },
  {
    title: 'Curve fitting',
    losses: [6, 0.0962, 0.0173],
    within: 2e-3,
    shows: ['loss', 'wave', 'activations over x'],
  },
  {
    title: 'Spirals',
    losses: [6, 0.478, 0.0019],
    within: 5e-3,
    shows: ['training', 'which spiral'],
  },
  {
    title: 'Custom function',
    losses: [6, 209.9583, 37.4031],
    within: 2e-2,
    prints: /derivatives agree with finite differences[\s\S]*sin\(x\) ≈ -?0\.0000 \+ -1\.8505 P₃/,
    shows: ['loss', 'sine', 'Autograd graph'],
  },
  {
    title: 'Rosenbrock',
    losses: [0, 0, 0],
    prints: /step 1 {2}f\(0\.380\d, 0\.1249\) = 4\.23e-1\nstep 2 {2}f\(1\.0000, 1\.0000\)/,
    shows: ['f', 'logarithm of the banana'],
  },
  {
    title: 'Characters',
    losses: [4, 1.3227, 0.289],
    within: 0.06,
    prints: /Tyger/,
    shows: ['loss', 'embedding of each character'],
  },
]

describe.each(backends)('on %s', (backend) => {
  const playground = usePlayground()

  it.each(expectations)(
    '$title prints its losses and shows its pictures',
    { timeout: PATIENCE },
    async ({ title, losses: [count, first, last], within = 1e-3, prints, shows }) => {
      const { page } = playground()
      await playground().chooseBackend(backend)
      await playground().openExample(title)
      await playground().run()
      await playground().status(new RegExp(`Finished on ${backend}`))

      const text = (await playground().printed()).join('\n')
      const losses = Array.from(text.matchAll(/loss (\S+)/g), ([, loss]) => Number(loss))
      expect(losses).toHaveLength(count)
      if (count > 0) {
        expect(Math.abs(losses[0] - first)).toBeLessThan(within)
        expect(Math.abs(losses[count - 1] - last)).toBeLessThan(within)
      }
      if (prints) expect(text).toMatch(prints)
      const titles = await page
        .locator('figcaption')
        .evaluateAll((captions) =>
          captions.map((caption) => caption.firstChild?.textContent?.trim()),
        )
      expect(titles.sort()).toEqual([...shows].sort())
    },
  )
})
