/** Tensors, gradients and optimizers on this device: what they give is what cpu gives. */
import '@sconce/backend-cpu'
import { ContentsLost, DeviceLost } from '@sconce/backend'
import {
  disposeDevice,
  init,
  keepHostCopy,
  memory,
  randn,
  synchronize,
  useBackend,
} from '@sconce/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createWebglBackend, type WebglBackend } from '../src/index.ts'
import { lose } from './lose.ts'
import { convolutional, perceptron, train } from './programs.ts'

const open = new Set<string>()
function use(name: string, options?: Parameters<typeof createWebglBackend>[0]): WebglBackend {
  const backend = createWebglBackend({ ...options, name })
  useBackend(backend)
  open.add(name)
  return backend
}
afterEach(() => {
  for (const name of open) disposeDevice(name)
  open.clear()
})

/** Worst relative distance. */
const distance = (found: readonly number[], expected: readonly number[]): number =>
  Math.max(...expected.map((e, i) => Math.abs(found[i] - e) / Math.abs(e)))

describe('training', { timeout: 300_000 }, () => {
  it.each([
    ['a perceptron by hand', perceptron],
    ['a convolutional network', convolutional],
  ])('has the losses of cpu: %s, 200 steps', (_, program) => {
    use('gl')
    const expected = train(program('cpu'), 200)
    const found = train(program('gl'), 200)
    expect(distance(found, expected)).toBeLessThan(1e-4)
    // It has learnt something.
    expect(expected[199]).toBeLessThan(expected[0] / 4)
  })

  it('gives the same where tensors have to be moved to the host and back', () => {
    const roomy = use('roomy')
    const tight = use('tight', { budget: 1 << 16 })
    const big = Array.from({ length: 6 }, () => randn([5000], { device: 'tight' }))
    const sums = big.map((t) => t.sum().item())
    expect(train(perceptron('tight'), 60)).toEqual(train(perceptron('roomy'), 60))
    // Some of these had to leave in order that others had room.
    expect(memory().tight.bytes).toBeLessThanOrEqual(1 << 16)
    expect(big.map((t) => t.sum().item())).toEqual(sums)
    expect(tight.statistics().usedBytes).toBeLessThan(roomy.statistics().usedBytes)
  })

  it('goes on two devices of one page', () => {
    use('one')
    use('two')
    const [one, two] = [perceptron('one'), perceptron('two')]
    for (let i = 0; i < 20; i++) expect(two.step().item()).toBe(one.step().item())
    const [a, b] = [one.parameters[0], two.parameters[0]]
    expect(() => a.add(b)).toThrow(
      'Expected all tensors to be on the same device, but found at least two devices, one and two!',
    )
    expect(a.to('two').sub(b).abs().max().item()).toBe(0)
  })
})

describe('a context that is lost in the middle of training', { timeout: 300_000 }, () => {
  const steps = 60
  const every = 10

  it('costs the steps since the last synchronize, and nothing else', async () => {
    use('undisturbed')
    const expected = train(perceptron('undisturbed'), steps)
    const backend = use('gl')
    const training = perceptron('gl')
    await keepHostCopy(training.parameters)
    const losses: number[] = []
    const caught: unknown[] = []
    let lostAt: number | undefined
    while (losses.length < steps) {
      if (losses.length % every === 0) await synchronize('gl')
      if (losses.length === 34 && lostAt === undefined) {
        lostAt = losses.length
        await (await lose(backend))()
      }
      try {
        losses.push(training.step().item())
      } catch (error) {
        caught.push(error)
        if (caught.length > 1) throw error
        // Parameters are back as they were at step 30; the data are ours to bring.
        losses.length -= losses.length % every
        training.reload()
      }
    }
    expect(caught).toHaveLength(1)
    expect(caught[0]).toBeInstanceOf(ContentsLost)
    expect(`${caught[0]}`).toContain('were lost with the WebGL context')
    expect(losses).toEqual(expected)
  })

  it('is told to whoever works meanwhile, and to whoever touches what is lost', async () => {
    const backend = use('gl')
    const x = randn([10], { device: 'gl' })
    const restore = await lose(backend)
    expect(() => x.add(1)).toThrow(DeviceLost)
    expect(() => x.add(1)).toThrow('the WebGL context is lost; the device works again once')
    await expect(synchronize('gl')).rejects.toThrow(DeviceLost)
    await restore()
    expect(() => x.add(1)).toThrow('the contents of a float32 buffer of 10 elements were lost')
    expect(() => x.item.call(x.at(0))).toThrow(ContentsLost)
    await expect(x.data()).rejects.toThrow(ContentsLost)
    await synchronize('gl')
    x.copy_(randn([10], { device: 'cpu' }).mul(0).add(3))
    expect(x.sum().item()).toBe(30)
  })
})

describe('which device is chosen', () => {
  it('no software renderer, unless it is asked for by name', async () => {
    expect(await init()).toBe('cpu')
    expect(await init('webgl')).toBe('webgl')
    open.add('webgl')
    expect(randn([2]).device).toBe('webgl')
  })
})

describe('a tensor that is too large', () => {
  it('says how much fits', () => {
    const { info } = use('gl')
    expect(() => randn([info.maxLength + 1], { device: 'gl' })).toThrow(
      `device 'gl' holds at most ${info.maxLength} elements in one tensor`,
    )
  })
})
