import type { Backend } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import {
  argwhereAsync,
  asynchronous,
  disposeDevice,
  linalg,
  maskedSelectAsync,
  nonzeroAsync,
  tensor,
  uniqueAsync,
  useBackend,
} from '@sconce/core'
import '@sconce/autograd'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const device = 'far'

/** cpu, but for synchronous reads. */
const farBackend = (): Backend => {
  const near = new CpuBackend({ name: device })
  return {
    name: device,
    info: { ...near.info, readSync: 'none' },
    supports: (kernel) => near.supports(kernel),
    allocate: (dtype, length) => near.allocate(dtype, length),
    free: (buffer) => near.free(buffer),
    write: (buffer, data, offset) => near.write(buffer, data, offset),
    read: (buffer, offset, length) => near.read(buffer, offset, length),
    run: (...args) => near.run(...args),
    synchronize: () => near.synchronize(),
    dispose: () => near.dispose(),
  }
}

beforeAll(() => {
  useBackend(farBackend())
})
afterAll(() => disposeDevice(device))

const far = (data: number[] | number[][], requiresGrad = false) =>
  tensor(data, { device, requiresGrad })

describe('ops that read, on a device without synchronous reads', () => {
  it('name the asynchronous form', () => {
    expect(() => far([0, 1]).nonzero()).toThrow(
      "device 'far' can't be read synchronously: use `await x.data()`, `await x.array()` or `await x.itemAsync()`, and for an op that reads `await asynchronous(op)(x)`",
    )
  })

  it('have one: nonzero, argwhere', async () => {
    const x = far([
      [0, 2],
      [3, 0],
    ])
    expect(await (await nonzeroAsync(x)).array()).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(await (await argwhereAsync(x)).array()).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('unique', async () => {
    const values = await uniqueAsync(far([3, 1, 3, 2]))
    expect(await values.array()).toEqual([1, 2, 3])
  })

  it('maskedSelect, with its gradient', async () => {
    const x = far([1, 2, 3], true)
    const picked = await maskedSelectAsync(x, x.detach().gt(1))
    expect(await picked.array()).toEqual([2, 3])
    picked.mul(2).sum().backward()
    expect(await x.grad?.array()).toEqual([0, 2, 2])
  })

  it('indexing by a mask', async () => {
    const x = far([1, 2, 3])
    const picked = await asynchronous(() => x.at(x.gt(1)))()
    expect(await picked.array()).toEqual([2, 3])
  })

  it('linear algebra', async () => {
    const A = far([
      [2, 0],
      [0, 3],
    ])
    expect(await (await asynchronous(linalg.inv)(A)).mul(6).array()).toEqual([
      [3, 0],
      [0, 2],
    ])
    expect(await (await asynchronous(linalg.svdvals)(A)).array()).toEqual([3, 2])
  })

  it('side by side', async () => {
    const [a, b] = await Promise.all([nonzeroAsync(far([1, 0, 1])), nonzeroAsync(far([0, 1, 0]))])
    expect(await a.array()).toEqual([[0], [2]])
    expect(await b.array()).toEqual([[1]])
  })

  it('throw what the op throws', async () => {
    await expect(asynchronous(linalg.inv)(far([[0]]))).rejects.toThrow('singular')
  })

  it('read temporaries that an op frees on its way out', async () => {
    const [x, y] = [far([1, 2, 3]), far([1, 2, 4])]
    expect(await asynchronous(() => x.equal(y))()).toBe(false)
    expect(await asynchronous(() => x.allclose(y, { atol: 2 }))()).toBe(true)
  })

  it('print elements, and take elements as indices', async () => {
    const x = far([1.5, -2])
    expect(String(x)).toBe("tensor(..., device='far', size=(2,))")
    expect(await asynchronous(String)(x)).toBe("tensor([ 1.5000, -2.0000], device='far')")
    const last = tensor(1, { dtype: 'int32', device })
    const view = await asynchronous(() => x.at(last))()
    expect(view.storage).toBe(x.storage)
    expect(await view.itemAsync()).toBe(-2)
  })
})
