import { init } from 'sconce'
import { describe, expect, it } from 'vitest'
import { accuracyOf } from '../src/confusion.ts'
import { digits } from '../src/mnist/data.ts'
import { learnDigits } from '../src/mnist/index.ts'

describe('digits', () => {
  it('are those of MNIST', async () => {
    await init('cpu')
    const [images, labels] = (await digits('train', 10)).tensors
    expect(images.shape).toEqual([10, 1, 28, 28])
    expect(labels.toArray()).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    expect(images.at(0, 0, 5).toTypedArray().slice(10, 18)).toEqual(
      Uint8Array.of(0, 0, 3, 18, 18, 18, 126, 136),
    )
    expect((await digits('t10k')).length).toBe(10000)
  })

  it('are recognised after a quick trial', async () => {
    await init('wasm')
    const matrix = await learnDigits({ epochs: 1, samples: 2000 })
    expect(matrix.sum().item()).toBe(2000)
    expect(accuracyOf(matrix)).toBeGreaterThan(0.75)
  })
})
