import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  DEFAULT_SEED,
  defaultGenerator,
  drawSeed,
  GENERATOR_STATE_SIZE,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  normal,
  seed,
  setRngState,
  uniform,
} from '../../src/random/index.ts'

/** What a call throws, as `Name: message`. */
function thrown(call: () => void): string {
  try {
    call()
  } catch (error) {
    return String(error)
  }
  return 'nothing was thrown'
}

describe('Generator', () => {
  it("draws the words of the Mersenne Twister's reference", () => {
    // C++: the 10000th word of a default std::mt19937, seeded with 5489, is this by the standard.
    const generator = new Generator(5489)
    let word = 0
    for (let i = 0; i < 10000; i++) word = generator.random()
    expect(word).toBe(4123659995)
  })

  it('starts from the seed of an unseeded torch.Generator', () => {
    expect(new Generator().initialSeed()).toBe(DEFAULT_SEED)
    expect(DEFAULT_SEED).toBe(67280421310721n)
  })

  it('takes negative seeds as their complement, and the low word of long ones', () => {
    const negative = new Generator(-1)
    expect(negative.initialSeed()).toBe(18446744073709551615n)
    expect([...uniform(negative, 'float32', 2)]).toEqual(
      [0.9937993884086609, 0.5713063478469849].map(Math.fround),
    )
    expect(new Generator(2 ** 40 + 5).random()).toBe(new Generator(5).random())
  })

  it.each([
    [2n ** 64n, 'RuntimeError: Overflow when unpacking long'],
    [-(2n ** 63n) - 1n, 'RuntimeError: Overflow when unpacking long'],
    [1.5, 'RuntimeError: manual_seed expected a long, but got float'],
    [Number.NaN, 'RuntimeError: manual_seed expected a long, but got float'],
  ])('refuses %s as a seed', (value, message) => {
    const generator = new Generator(7)
    expect(thrown(() => generator.manualSeed(value))).toBe(message)
    expect(generator.initialSeed()).toBe(7n)
  })

  it('forgets the second half of a normal pair when seeded', () => {
    const generator = new Generator(3)
    normal(generator, 'float32', 1)
    generator.manualSeed(3)
    expect(normal(generator, 'float32', 2)).toEqual(normal(new Generator(3), 'float32', 2))
  })

  it('seeds itself from entropy', () => {
    const generator = new Generator()
    const first = generator.seed()
    expect(generator.initialSeed()).toBe(first)
    expect(generator.seed()).not.toBe(first)
  })

  it("draws a DataLoader's seeds: empty((), dtype=int64).random_()", () => {
    const generator = new Generator(0)
    expect([drawSeed(generator), drawSeed(generator)]).toEqual([
      900450186894289455n,
      3969543146641149120n,
    ])
  })
})

describe('state', () => {
  /** manual_seed(123); randn(3); rand(700): a pair is half used, the words were renewed. */
  function used(): Generator {
    const generator = new Generator(123)
    normal(generator, 'float32', 3)
    uniform(generator, 'float32', 700)
    return generator
  }

  it('has the bytes of torch.get_rng_state()', () => {
    const state = used().getState()
    expect(state.length).toBe(GENERATOR_STATE_SIZE)
    expect(GENERATOR_STATE_SIZE).toBe(5056)
    expect([...state.subarray(0, 24)]).toEqual([
      123, 0, 0, 0, 0, 0, 0, 0, 29, 2, 0, 0, 1, 0, 0, 0, 84, 0, 0, 0, 0, 0, 0, 0,
    ])
    expect(createHash('sha256').update(state).digest('hex')).toBe(
      'cc2250c9a02274bd5d6caf5e1d824950083a05f7c34b3bcb9bb929215628cdea',
    )
  })

  it('goes on where it was taken, with the other half of the pair', () => {
    const generator = new Generator(9).setState(used().getState())
    expect([...uniform(generator, 'float64', 3)]).toEqual([
      0.4320056488954521, 0.5572675440479385, 0.5001279517701793,
    ])
    expect(normal(generator, 'float32', 1)[0]).toBe(Math.fround(-0.2404179722070694))
  })

  it('is independent in a clone', () => {
    const generator = used()
    const clone = generator.clone()
    const drawn = uniform(generator, 'float32', 5)
    expect(uniform(clone, 'float32', 5)).toEqual(drawn)
    expect(clone.getState()).toEqual(generator.getState())
    expect(clone.initialSeed()).toBe(123n)
  })

  it('keeps a cached float, which PyTorch has but never makes on the CPU', () => {
    const generator = new Generator(1)
    generator.nextFloatNormalSample = 0.75
    expect(generator.clone().nextFloatNormalSample).toBe(0.75)
  })

  it('is read from checkpoints older than PyTorch 1.3, whose pair is a uniform one', () => {
    const legacy = new Generator(5).getState().slice(0, 5048)
    const view = new DataView(legacy.buffer)
    view.setFloat64(24 + 8 * 624, 0.25, true)
    view.setFloat64(24 + 8 * 624 + 16, 1.5, true)
    view.setInt32(24 + 8 * 624 + 24, 1, true)
    const generator = new Generator(0).setState(legacy)
    expect(normal(generator, 'float64', 1)[0]).toBe(1.5)
    expect(generator.random()).toBe(new Generator(5).random())
  })

  it('refuses what is no state, and keeps its own', () => {
    const generator = used()
    const before = generator.getState()
    expect(thrown(() => generator.setState(new Uint8Array(10)))).toBe(
      'RuntimeError: Expected either a CPUGeneratorImplStateLegacy of size 5048 or a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 10',
    )
    expect(thrown(() => generator.setState(new Uint8Array(5056)))).toBe(
      'RuntimeError: Invalid mt19937 state',
    )
    // @ts-expect-error: what a caller without types may pass
    expect(thrown(() => generator.setState([1, 2]))).toBe(
      'TypeError: RNG state must be a torch.ByteTensor',
    )
    expect(generator.getState()).toEqual(before)
  })
})

describe('the default generator', () => {
  beforeEach(() => {
    seed()
  })

  it('is one object, seeded by manualSeed', () => {
    expect(manualSeed(42)).toBe(defaultGenerator())
    expect(initialSeed()).toBe(42n)
    expect(uniform(defaultGenerator(), 'float32', 3)).toEqual(
      uniform(new Generator(42), 'float32', 3),
    )
  })

  it('drops the fraction of a seed as torch.manual_seed does', () => {
    expect(manualSeed(-1.5).initialSeed()).toBe(18446744073709551615n)
    expect(thrown(() => manualSeed(Number.NaN))).toBe(
      'RuntimeError: manual_seed expected a long, but got float',
    )
  })

  it('is seeded anew by seed()', () => {
    const first = seed()
    expect(initialSeed()).toBe(first)
    expect(seed()).not.toBe(first)
  })

  it('takes back a state', () => {
    const state = getRngState()
    const drawn = uniform(defaultGenerator(), 'float32', 4)
    setRngState(state)
    expect(uniform(defaultGenerator(), 'float32', 4)).toEqual(drawn)
  })
})
