import { describe } from 'vitest'
import { type Cuts, type TestHost, testHost } from './host.ts'
import { type Random, seeded } from './random.ts'

interface Variant {
  readonly title: string
  readonly relaxed: boolean
  readonly shared: boolean
  readonly cuts: Cuts
}

const variants: readonly Variant[] = [
  { title: 'plain SIMD, one part', relaxed: false, shared: false, cuts: 'whole' },
  { title: 'relaxed SIMD, one part', relaxed: true, shared: false, cuts: 'whole' },
  {
    title: 'plain SIMD, shared memory, many parts',
    relaxed: false,
    shared: true,
    cuts: 'shuffled',
  },
  {
    title: 'relaxed SIMD, shared memory, many parts',
    relaxed: true,
    shared: true,
    cuts: 'shuffled',
  },
]

/** The same tests over every build of the library, whole and in parts. */
export function overVariants(body: (host: TestHost, random: Random) => void): void {
  for (const { title, relaxed, shared, cuts } of variants) {
    describe(title, () => {
      const random = seeded(7)
      body(testHost({ relaxed, shared }, cuts, random), random)
    })
  }
}
