import { backward } from '@sconce/autograd'
import { DeviceLost, SyncReadUnavailable } from '@sconce/backend'
import '@sconce/backend-cpu'
import {
  arange,
  asynchronous,
  disposeDevice,
  init,
  linalg,
  nonzeroAsync,
  tensor,
} from '@sconce/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../src/index.ts'

const device = 'webgpu'

beforeAll(() => init(device))
afterAll(() => disposeDevice(device))

it('computes forward and backward', async () => {
  const x = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { device, dtype: 'float32', requiresGrad: true },
  )
  const y = x.mm(x).softmax(1).mul(x).sum()
  backward([y])
  const there = await asynchronous(() => x.detach().to('cpu'))()
  there.requiresGrad = true
  const expected = there.mm(there).softmax(1).mul(there).sum()
  backward([expected])
  expect(await y.itemAsync()).toBeCloseTo(expected.item(), 5)
  const [found, wanted] = [await x.grad?.data(), there.grad?.toTypedArray()]
  expect(found).toHaveLength(4)
  found?.forEach((g, i) => {
    expect(Number(g)).toBeCloseTo(Number(wanted?.[i]), 5)
  })
})

it('names the asynchronous form wherever a read is asked for at once', () => {
  const x = arange(4, { device })
  for (const read of [
    () => x.toArray(),
    () => x.at(1).item(),
    () => x.nonzero(),
    () => x.equal(x),
    () => x.float().reshape(2, 2).det(),
  ]) {
    expect(read).toThrow(SyncReadUnavailable)
    expect(read).toThrow(/await/)
  }
  expect(String(x)).toMatch(/^tensor\(\.\.\., size=\(4,\)/)
})

it('awaits ops whose shapes depend on elements, and linear algebra', async () => {
  const x = tensor([0, 3, 0, 5], { device, dtype: 'int32' })
  expect(await (await nonzeroAsync(x)).array()).toEqual([[1], [3]])
  const m = tensor(
    [
      [2, 0],
      [0, 4],
    ],
    { device, dtype: 'float32' },
  )
  const inverse = await asynchronous(linalg.inv)(m)
  expect(await inverse.array()).toEqual([
    [0.5, 0],
    [0, 0.25],
  ])
  expect(await asynchronous(String)(x)).toMatch(/^tensor\(\[0, 3, 0, 5\]/)
})

it('starts again after the device was lost', async () => {
  const x = arange(3, { device })
  x.storage.device.backend.dispose()
  expect(() => x.add(1)).toThrow(DeviceLost)
  disposeDevice(device)
  expect(await init(device)).toBe(device)
  expect(await arange(3, { device }).add(1).array()).toEqual([1, 2, 3])
})
