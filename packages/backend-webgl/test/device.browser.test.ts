import { acc, DeviceLost, input, kernels, scalar } from '@sconce/backend'
import { afterEach, describe, expect, it } from 'vitest'
import { createWebglBackend, type WebglBackend } from '../src/index.ts'
import { check } from './compare.ts'
import { lose } from './lose.ts'

const open: WebglBackend[] = []
function create(options?: Parameters<typeof createWebglBackend>[0]): WebglBackend {
  const backend = createWebglBackend(options)
  open.push(backend)
  return backend
}
afterEach(() => {
  for (const backend of open.splice(0)) backend.dispose()
})

const line = (buffer: ReturnType<WebglBackend['allocate']>) => ({
  buffer,
  dtype: buffer.dtype,
  shape: [buffer.length],
  strides: [1],
  offset: 0,
})
const x = input(0, 'float32')
const twice = kernels.map([x.mul(2)])

function filled(backend: WebglBackend, data: Float32Array) {
  const buffer = backend.allocate('float32', data.length)
  backend.write(buffer, data)
  return buffer
}

describe('a lost context', () => {
  it('throws while it is lost, and works again when it is restored', async () => {
    const backend = create()
    const buffer = filled(backend, new Float32Array([1, 2, 3]))
    const restore = await lose(backend)
    expect(() => backend.run(twice, [line(buffer)], [line(buffer)], [])).toThrow(DeviceLost)
    expect(() => backend.allocate('float32', 4)).toThrow('the WebGL context is lost')
    expect(() => backend.readSync(buffer, 0, 3)).toThrow(DeviceLost)
    await expect(backend.read(buffer, 0, 3)).rejects.toThrow(DeviceLost)
    await expect(backend.synchronize()).rejects.toThrow(DeviceLost)
    await restore()
    check(backend, twice, [{ dtype: 'float32', shape: [9] }], [{ dtype: 'float32', shape: [9] }])
    const sum = kernels.reduce([{ op: 'sum', value: x }], [acc(0, 'float32')])
    const row = { dtype: 'float32' as const, shape: [2, 700] }
    check(backend, sum, [row], [{ ...row, strides: [1, 0] }], [], { relative: 1e-5, scale: 1e-6 })
  })

  it('says which contents were lost when they are touched, and takes new ones', async () => {
    const backend = create()
    const [a, b, out] = [1, 2, 3].map((v) => filled(backend, new Float32Array([v, v, v])))
    await (await lose(backend))()
    const message = 'the contents of a float32 buffer of 3 elements were lost'
    expect(() => backend.readSync(a, 0, 3)).toThrow(message)
    await expect(backend.read(a, 0, 3)).rejects.toThrow(message)
    expect(() => backend.run(twice, [line(a)], [line(out)], [])).toThrow(message)
    // A part can't be written: there is no whole that it would be a part of.
    expect(() => backend.write(a, new Float32Array([1]), 1)).toThrow(message)
    expect(backend.readAllSync([a, b])).toEqual([undefined, undefined])
    backend.write(a, new Float32Array([4, 5, 6]))
    expect(backend.readAllSync([a, b])).toEqual([new Float32Array([4, 5, 6]), undefined])
    backend.run(twice, [line(a)], [line(out)], [])
    expect(backend.readSync(out, 0, 3)).toEqual(new Float32Array([8, 10, 12]))
    backend.free(b)
    backend.free(a)
    backend.free(out)
    expect(backend.statistics().usedBytes).toBe(0)
  })

  it('brings kept buffers back as they were at the last synchronize', async () => {
    const backend = create()
    const [a, b] = [1, 10].map((v) => filled(backend, new Float32Array([v, v + 1, v + 2])))
    backend.keepHostCopy(a)
    backend.keepHostCopy(b)
    backend.run(twice, [line(a)], [line(a)], [])
    await backend.synchronize()
    // After the last synchronize: lost for both alike.
    backend.run(twice, [line(a)], [line(a)], [])
    backend.run(twice, [line(b)], [line(b)], [])
    await (await lose(backend))()
    expect(backend.readSync(a, 0, 3)).toEqual(new Float32Array([2, 4, 6]))
    expect(backend.readSync(b, 0, 3)).toEqual(new Float32Array([10, 11, 12]))
    backend.keepHostCopy(a, false)
    await (await lose(backend))()
    expect(() => backend.readSync(a, 0, 3)).toThrow(DeviceLost)
    expect(backend.readSync(b, 0, 3)).toEqual(new Float32Array([10, 11, 12]))
  })

  it('is survived in the middle of training', async () => {
    const backend = create()
    // w ← w - rate · (w - target), kept on the host every tenth step.
    const step = kernels.map([x.sub(x.sub(input(1, 'float32')).mul(scalar(0, 'float32')))])
    const w = filled(backend, new Float32Array([8, -8]))
    const data = new Float32Array([1, 2])
    let target = filled(backend, data)
    backend.keepHostCopy(w)
    for (let i = 0; i < 100; i++) {
      if (i % 10 === 0) await backend.synchronize()
      if (i === 35) await (await lose(backend))()
      try {
        backend.run(step, [line(w), line(target)], [line(w)], [0.5])
      } catch (error) {
        expect(error).toBeInstanceOf(DeviceLost)
        backend.free(target)
        target = filled(backend, data)
        backend.run(step, [line(w), line(target)], [line(w)], [0.5])
      }
    }
    expect(await backend.read(w, 0, 2)).toEqual(data)
  })
})

describe('where it runs', () => {
  it('has several contexts side by side', () => {
    const [one, two] = [create(), create({ name: 'second' })]
    expect([one.name, two.name]).toEqual(['webgl', 'second'])
    const [a, b] = [filled(one, new Float32Array([1])), filled(two, new Float32Array([2]))]
    one.run(twice, [line(a)], [line(a)], [])
    two.run(twice, [line(b)], [line(b)], [])
    expect([one.readSync(a, 0, 1)[0], two.readSync(b, 0, 1)[0]]).toEqual([2, 4])
  })

  it('draws on a canvas that it is given', () => {
    const canvas = document.createElement('canvas')
    const backend = create({ canvas })
    expect(backend.gl.canvas).toBe(canvas)
    check(backend, twice, [{ dtype: 'float32', shape: [5] }], [{ dtype: 'float32', shape: [5] }])
  })

  it('runs in a worker', async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = ({ message }) => reject(new Error(message))
    })
    worker.terminate()
    expect(answer).toEqual({ available: true, values: new Float32Array([2, 4, 6]) })
  })
})

describe('the life of a backend', () => {
  it('reads without blocking: other tasks run meanwhile', async () => {
    const backend = create()
    const n = 1 << 20
    const buffer = backend.allocate('float32', n)
    backend.write(buffer, new Float32Array(n).fill(0.5))
    let value = x
    for (let i = 0; i < 12; i++) value = value.sin().add(i)
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    backend.run(kernels.map([value]), [line(buffer)], [line(buffer)], [])
    await backend.read(buffer, 0, n)
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(0)
  })

  it('tells errors of the device, also those that something else came across', async () => {
    const backend = create()
    const buffer = filled(backend, new Float32Array([1]))
    const { gl } = backend
    gl.enable(0)
    expect(() => backend.readSync(buffer, 0, 1)).toThrow('the device reports error 0x500')
    expect(backend.readSync(buffer, 0, 1)[0]).toBe(1)
    gl.enable(0)
    // So large that it is checked whether there is room.
    backend.free(backend.allocate('float32', 1 << 23))
    await expect(backend.synchronize()).rejects.toThrow('the device reports error 0x500')
    await backend.synchronize()
  })

  it('says so when it is used after its end', async () => {
    const backend = createWebglBackend()
    const buffer = filled(backend, new Float32Array([1]))
    backend.dispose()
    const message = 'this backend has been disposed of'
    expect(() => backend.run(twice, [line(buffer)], [line(buffer)], [])).toThrow(message)
    await expect(backend.read(buffer, 0, 1)).rejects.toThrow(message)
  })

  it('compiles ahead of time, and not again', async () => {
    const backend = create()
    const list = [
      twice,
      kernels.map([x.exp().add(input(1, 'float32'))]),
      kernels.reduce([{ op: 'max', value: x }], [acc(0, 'float32')]),
      kernels.matmul('float32', acc(0, 'float32')),
      kernels.softmax('float32', false, false),
    ]
    const seen: number[][] = []
    await backend.warmUp(list, (done, total) => seen.push([done, total]))
    const [done, total] = seen[seen.length - 1]
    expect(done).toBe(total)
    expect(total).toBeGreaterThanOrEqual(list.length)
    const { compiled } = backend.statistics()
    const f = (shape: number[]) => ({ dtype: 'float32' as const, shape })
    check(backend, list[0], [f([100])], [f([100])])
    check(backend, list[1], [f([100]), f([100])], [f([100])], [], { relative: 1e-6 })
    check(backend, list[3], [f([64, 48]), f([48, 64])], [f([64, 64])], [], {
      relative: 1e-5,
      scale: 1e-6,
    })
    check(backend, list[4], [f([16, 64])], [f([16, 64])], [], { relative: 1e-5 })
    expect(backend.statistics().compiled).toBe(compiled)
  })

  it('keeps no more programs than it is told, and still runs all', () => {
    const backend = create({ programs: 4 })
    const list = Array.from({ length: 10 }, (_, i) => kernels.map([x.add(i)]))
    for (const kernel of [...list, ...list]) {
      check(backend, kernel, [{ dtype: 'float32', shape: [6] }], [{ dtype: 'float32', shape: [6] }])
    }
    expect(backend.statistics().programs).toBeLessThanOrEqual(4)
  })

  it('holds its memory over many steps', async () => {
    const backend = create()
    const w = filled(backend, new Float32Array(1000).fill(1))
    const decay = kernels.map([x.mul(scalar(0, 'float32'))])
    const run = (steps: number) => {
      for (let i = 0; i < steps; i++) {
        const t = backend.allocate('float32', 900 + (i % 100))
        const part = { ...line(w), shape: [t.length] }
        backend.run(twice, [part], [line(t)], [])
        backend.run(decay, [line(w)], [line(w)], [0.999])
        backend.free(t)
      }
    }
    run(200)
    await backend.synchronize()
    const before = backend.statistics()
    run(3000)
    await backend.synchronize()
    const after = backend.statistics()
    expect(after.usedBytes).toBe(before.usedBytes)
    expect(after.freeBytes).toBe(before.freeBytes)
    expect(after.compiled).toBe(before.compiled)
  })
})
