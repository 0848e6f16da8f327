import { type DType, OutOfMemory, UnsupportedDType } from '@sconce/backend'
import { afterAll, describe, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'
import { contents } from './compare.ts'

const backend = createWebglBackend()
afterAll(() => backend.dispose())

const held: DType[] = ['float32', 'int32', 'int16', 'int8', 'uint8', 'bool']

describe('storage', () => {
  it('claims the dtypes that it holds', () => {
    expect(Object.keys(backend.info.dtypes).sort()).toEqual([...held].sort())
    expect(() => backend.allocate('float64', 4)).toThrow(UnsupportedDType)
    expect(() => backend.allocate('int64', 4)).toThrow('webgl: int64 is not held by this device')
  })

  for (const dtype of held) {
    it(`${dtype}: gives back what was written, of any length`, async () => {
      for (const length of [1, 2, 3, 4, 5, 7, 100, 8191, 8192, 8193, 50_003]) {
        const buffer = backend.allocate(dtype, length)
        const data = contents(dtype, length)
        backend.write(buffer, data)
        expect(backend.readSync(buffer, 0, length)).toEqual(data)
        expect(await backend.read(buffer, 0, length)).toEqual(data)
        backend.free(buffer)
      }
    })

    it(`${dtype}: writes and reads parts, and leaves the rest alone`, async () => {
      const length = 20_001
      const buffer = backend.allocate(dtype, length)
      const model = contents(dtype, length)
      backend.write(buffer, model)
      const parts = [
        [0, 3],
        [1, 2],
        [5, 9],
        [8, 8],
        [3, 9000],
        [8190, 5],
        [16_384, 8],
        [19_999, 2],
        [8192, 8192],
      ]
      for (const [i, [offset, count]] of parts.entries()) {
        const data = contents(dtype, count, 100 + i)
        backend.write(buffer, data, offset)
        model.set(data as Uint8Array & BigInt64Array, offset)
        expect(await backend.read(buffer, offset, count)).toEqual(data)
      }
      expect(backend.readSync(buffer, 0, length)).toEqual(model)
      for (const [offset, count] of parts) {
        const expected = model.slice(offset, offset + count)
        expect(backend.readSync(buffer, offset, count)).toEqual(expected)
      }
      backend.free(buffer)
    })
  }

  it('keeps the extremes of every dtype', () => {
    const cases = {
      float32: new Float32Array([Number.NaN, Infinity, -Infinity, -0, 3.4028235e38, 2 ** -126]),
      int32: new Int32Array([-(2 ** 31), 2 ** 31 - 1, 16_777_217, -1, 0]),
      int16: new Int16Array([-32768, 32767]),
      int8: new Int8Array([-128, 127]),
      uint8: new Uint8Array([0, 255, 128]),
    }
    for (const [dtype, data] of Object.entries(cases)) {
      const buffer = backend.allocate(dtype as DType, data.length)
      backend.write(buffer, data)
      expect(backend.readSync(buffer, 0, data.length)).toEqual(data)
    }
  })

  it('says how large a tensor may be', () => {
    expect(() => backend.allocate('float32', backend.info.maxLength + 1)).toThrow(OutOfMemory)
    expect(() => backend.allocate('float32', backend.info.maxLength + 1)).toThrow(
      `which holds ${backend.info.maxLength}`,
    )
  })

  it('fails beyond its memory limit, and frees what it keeps before it does', () => {
    const small = createWebglBackend({ memoryLimit: 1 << 20, poolSize: 1 << 20 })
    const first = small.allocate('float32', 3 << 16)
    small.free(first)
    // The freed texture is of another size, and has to go.
    const second = small.allocate('int32', 1 << 17)
    expect(small.statistics().freeBytes + small.statistics().usedBytes).toBeLessThanOrEqual(1 << 20)
    expect(() => small.allocate('float32', 1 << 18)).toThrow(OutOfMemory)
    small.free(second)
    expect(small.allocate('float32', 1 << 18).length).toBe(1 << 18)
    small.dispose()
  })

  it('reuses textures, and keeps no more free ones than its budget', () => {
    const tight = createWebglBackend({ poolSize: 1 << 20 })
    for (let i = 0; i < 200; i++) {
      const buffer = tight.allocate('float32', 1000 + i * 500)
      tight.write(buffer, new Float32Array(1000 + i * 500))
      tight.free(buffer)
      expect(tight.statistics().freeBytes).toBeLessThanOrEqual(1 << 20)
    }
    expect(tight.statistics().usedBytes).toBe(0)
    tight.dispose()
  })

  it('reads many buffers at once', () => {
    const lengths = [1, 0, 5, 20_001, 8192, 3, (1 << 22) + 7, 2]
    const buffers = lengths.flatMap((length) =>
      held.map((dtype) => backend.allocate(dtype, length)),
    )
    const model = buffers.map(({ dtype, length }, i) => contents(dtype, length, i))
    buffers.forEach((buffer, i) => {
      backend.write(buffer, model[i])
    })
    const found = backend.readAllSync(buffers)
    found.forEach((data, i) => {
      // Of long arrays a comparison by vitest takes seconds.
      expect(data?.constructor).toBe(model[i].constructor)
      expect(data?.length).toBe(model[i].length)
      expect(data?.every((value, at) => Object.is(value, model[i][at]))).toBe(true)
    })
    for (const buffer of buffers) backend.free(buffer)
    expect(backend.readAllSync([])).toEqual([])
  })

  it('reads in the order of the calls', async () => {
    const buffer = backend.allocate('float32', 4)
    backend.write(buffer, new Float32Array([1, 2, 3, 4]))
    const before = backend.read(buffer, 0, 4)
    backend.write(buffer, new Float32Array([5, 6, 7, 8]))
    expect(await before).toEqual(new Float32Array([1, 2, 3, 4]))
    expect(await backend.read(buffer, 0, 4)).toEqual(new Float32Array([5, 6, 7, 8]))
  })

  it('refuses buffers that were freed, and arrays of another dtype', () => {
    const buffer = backend.allocate('float32', 4)
    expect(() => backend.write(buffer, new Int32Array(4))).toThrow('Int32Array is not the array of')
    backend.free(buffer)
    expect(() => backend.readSync(buffer, 0, 4)).toThrow('this buffer has been freed')
  })
})
