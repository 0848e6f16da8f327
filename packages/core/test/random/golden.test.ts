import type { TypedArray } from '@sconce/backend'
import { expect, it } from 'vitest'
import {
  bernoulli,
  bernoulliOf,
  dropoutNoise,
  exponential,
  Generator,
  multinomial,
  normal,
  randint,
  randperm,
  uniform,
} from '../../src/random/index.ts'
import { decode, programs } from './recorded.ts'

const weights = Float32Array.of(0.1, 0.2, 0.3, 0.4)

/** Lines of PyTorch, and what is to be called for them. */
const lines: Record<string, (g: Generator) => TypedArray[]> = {
  // rand(5)
  rand_5: (g) => [uniform(g, 'float32', 5)],
  // rand(20, dtype=float64)
  rand_20_f64: (g) => [uniform(g, 'float64', 20)],
  // rand(3, 7)
  rand_3x7: (g) => [uniform(g, 'float32', 21)],
  // randn(3)
  randn_3: (g) => [normal(g, 'float32', 3)],
  // randn(3); randn(4): the second half of a pair is kept
  randn_3_then_4: (g) => [normal(g, 'float32', 3), normal(g, 'float32', 4)],
  // randn(16)
  randn_16: (g) => [normal(g, 'float32', 16)],
  // randn(37)
  randn_37: (g) => [normal(g, 'float32', 37)],
  // randn(4, 8, dtype=float64)
  randn_4x8_f64: (g) => [normal(g, 'float64', 32)],
  // randn(3); rand(2); randn(20); randn(1)
  randn_mixed: (g) => [
    normal(g, 'float32', 3),
    uniform(g, 'float32', 2),
    normal(g, 'float32', 20),
    normal(g, 'float32', 1),
  ],
  // randint(0, 10, (12,))
  randint_0_10: (g) => [randint(g, 'int64', 12, 0, 10)],
  // randint(-5, 100000, (6,))
  randint_big: (g) => [randint(g, 'int64', 6, -5, 100000)],
  // randperm(10)
  randperm_10: (g) => [randperm(g, 'int64', 10)],
  // randperm(100)
  randperm_100: (g) => [randperm(g, 'int64', 100)],
  // bernoulli(full((20,), 0.3))
  bernoulli_p: (g) => [bernoulliOf(g, 'float32', 'float32', new Float32Array(20).fill(0.3))],
  // empty(20).bernoulli_(0.25)
  bernoulli_scalar: (g) => [bernoulli(g, 'float32', 20, 0.25)],
  // empty(4, 5).uniform_(-2, 3)
  uniform_: (g) => [uniform(g, 'float32', 20, -2, 3)],
  // empty(4, 5).normal_(1.5, 0.2)
  normal_: (g) => [normal(g, 'float32', 20, 1.5, 0.2)],
  // empty(8).exponential_(1.5)
  exponential_: (g) => [exponential(g, 'float32', 8, 1.5)],
  // multinomial(weights, 10, replacement=True)
  multinomial_repl: (g) => [multinomial(g, 'float32', weights, 4, 10, true)],
  // multinomial(weights, 3)
  multinomial_norepl: (g) => [multinomial(g, 'float32', weights, 4, 3)],
  // functional.dropout(ones(24), 0.4)
  dropout: (g) => [dropoutNoise(g, 'float32', 24, 0.4)],
}

it.each(programs.map((p) => [`${p.name} seed ${p.seed}`, p] as const))('%s', (_, program) => {
  const drawn = lines[program.name](new Generator(program.seed))
  expect(drawn.map((x) => Array.from(x, Number))).toEqual(
    program.outputs.map((o) => Array.from(decode(o.dtype, o.data), Number)),
  )
})
