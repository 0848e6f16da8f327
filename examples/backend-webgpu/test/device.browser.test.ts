import { type Backend, DeviceLost, input, kernels, OutOfMemory } from '@sconce/backend'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWebgpuBackend, plugin, probe } from '../src/index.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const words = (backend: Backend, ...values: number[]) => {
  const buffer = backend.allocate('float32', values.length)
  backend.write(buffer, Float32Array.from(values))
  return buffer
}

const operand = (buffer: ReturnType<Backend['allocate']>) =>
  ({ buffer, dtype: buffer.dtype, shape: [buffer.length], strides: [1], offset: 0 }) as const

const addOne = kernels.map([input(0, 'float32').add(1)])

describe('the plug-in', () => {
  it('says what it found, and that it is emulated', async () => {
    const found = await probe()
    if (!found.available) throw new Error(found.reason)
    expect(found.description).toMatch(/^WebGPU, .*swiftshader/)
    expect(found.software).toBe(true)
  })

  it('says what would mend it where there is no adapter', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null)
    const found = await probe()
    if (found.available) throw new Error('it is available')
    expect(found.reason).toBe('the browser has WebGPU, but gives no adapter')
    expect(found.mend).toContain('hardware acceleration')
  })

  it('claims no synchronous read, and has none', async () => {
    const backend = await plugin.create()
    expect(backend.info.readSync).toBe('none')
    expect(backend.readSync).toBeUndefined()
    expect(backend.info.native).toEqual(['map', 'reduce', 'scatter', 'matmul'])
    backend.dispose()
  })
})

describe('memory', () => {
  it('is written and read in the order of the calls', async () => {
    const backend = await createWebgpuBackend()
    const buffer = words(backend, 1, 2, 3)
    const first = backend.read(buffer, 0, 3)
    backend.run(addOne, [operand(buffer)], [operand(buffer)], [])
    const second = backend.read(buffer, 1, 2)
    backend.write(buffer, Float32Array.of(9), 1)
    backend.run(addOne, [operand(buffer)], [operand(buffer)], [])
    const third = backend.read(buffer, 0, 3)
    expect(await Promise.all([first, second, third])).toEqual([
      Float32Array.of(1, 2, 3),
      Float32Array.of(3, 4),
      Float32Array.of(3, 10, 5),
    ])
    backend.dispose()
  })

  it('that was freed while work needs it is there until that is done', async () => {
    const backend = await createWebgpuBackend({ poolSize: 0 })
    const [source, target] = [words(backend, 1, 2, 3), words(backend, 0, 0, 0)]
    backend.run(addOne, [operand(source)], [operand(target)], [])
    backend.free(source)
    const other = words(backend, 7, 8, 9)
    expect(await backend.read(target, 0, 3)).toEqual(Float32Array.of(2, 3, 4))
    expect(await backend.read(other, 0, 3)).toEqual(Float32Array.of(7, 8, 9))
    backend.dispose()
  })

  it('ends with OutOfMemory at the limit, and comes back', async () => {
    const backend = await createWebgpuBackend({ memoryLimit: 2 ** 20 })
    const most = backend.allocate('float32', 2 ** 18)
    expect(() => backend.allocate('float32', 1)).toThrow(OutOfMemory)
    expect(() => backend.allocate('float32', 2 ** 40)).toThrow(/take more than the \d+ bytes/)
    backend.free(most)
    expect(await backend.read(words(backend, 5), 0, 1)).toEqual(Float32Array.of(5))
    backend.dispose()
  })

  it('does not take buffers that were freed', async () => {
    const backend = await createWebgpuBackend()
    const buffer = words(backend, 1)
    backend.free(buffer)
    expect(() => backend.run(addOne, [operand(buffer)], [operand(buffer)], [])).toThrow(
      'the buffer was freed',
    )
    backend.dispose()
  })
})

describe('a lost device', () => {
  /** Makes a backend whose device we can take away, as a driver would. */
  const losable = async () => {
    const devices: GPUDevice[] = []
    const requestDevice = GPUAdapter.prototype.requestDevice
    vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockImplementation(async function (
      this: GPUAdapter,
      ...args
    ) {
      const device = await requestDevice.apply(this, args)
      devices.push(device)
      return device
    })
    const backend = await plugin.create()
    return { backend, device: devices[0] }
  }

  it('is told by every call, with the mend; another starts', async () => {
    const { backend, device } = await losable()
    const buffer = words(backend, 1, 2)
    device.destroy()
    await device.lost
    const message = /the GPU device was lost .*disposeDevice\('webgpu'\); await init\('webgpu'\)/
    expect(() => backend.allocate('float32', 1)).toThrow(DeviceLost)
    expect(() => backend.run(addOne, [operand(buffer)], [operand(buffer)], [])).toThrow(message)
    expect(() => backend.write(buffer, Float32Array.of(1))).toThrow(message)
    await expect(backend.read(buffer, 0, 2)).rejects.toThrow(message)
    await expect(backend.synchronize()).rejects.toThrow(message)
    backend.free(buffer)
    backend.dispose()

    const next = await plugin.create()
    expect(await next.read(words(next, 4), 0, 1)).toEqual(Float32Array.of(4))
    next.dispose()
  })

  it('fails the reads that are under way', async () => {
    const { backend, device } = await losable()
    const reading = backend.read(words(backend, 1), 0, 1)
    device.destroy()
    // What the device had already given is given; nothing hangs, and nothing is made up.
    const found = await reading.catch((error: unknown) => error)
    if (found instanceof Float32Array) expect(found).toEqual(Float32Array.of(1))
    else expect(found).toBeInstanceOf(DeviceLost)
    backend.dispose()
  })
})
