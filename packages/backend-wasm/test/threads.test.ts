import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { acc, input, kernels, type Operand } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { afterAll, describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'
import { Heap } from '../src/memory/heap.ts'
import { libraryBytes } from '../src/static/index.ts'
import { ThreadPool } from '../src/threads/pool.ts'
import { ModuleBuilder } from '../src/wasm/module.ts'
import { checkCases, fuzzIds } from './support/fuzz.ts'

/** Even the smallest kernel is shared by three threads. */
const wasm = new WasmBackend({ threads: 3, shareFrom: 0 })
afterAll(() => wasm.dispose())

const a = input(0, 'float32')

function row(values: Float32Array): Operand {
  const buffer = wasm.allocate('float32', values.length)
  wasm.write(buffer, values)
  return { buffer, dtype: 'float32', shape: [values.length], strides: [1], offset: 0 }
}

describe('threads', () => {
  it('are what the description says', () => {
    expect(wasm.threads).toBe(3)
    expect(wasm.info.description).toMatch(/^WebAssembly (relaxed )?SIMD, 3 threads$/)
    expect(new WasmBackend({ threads: 1 }).info.description).toMatch(/, 1 thread$/)
  })

  it('give what cpu gives on random kernels', () => {
    expect(checkCases(wasm, new CpuBackend(), fuzzIds(300, 50_000)).join('\n\n')).toBe('')
  })

  it('do every element once, whoever comes', () => {
    const length = 100_003
    const x = row(Float32Array.from({ length }, (_, i) => i % 1000))
    const increment = kernels.map([a.add(1)])
    let runs = 0
    // Both workers take part in the last 200, unless they never come up.
    for (let together = 0; together < 200 && runs < 20_000; runs++) {
      wasm.run(increment, [x], [x], [])
      if (wasm.workersStarted === 2) together++
    }
    expect(wasm.workersStarted).toBe(2)
    const values = wasm.readSync(x.buffer, 0, length)
    for (let i = 0; i < length; i++) if (values[i] !== (i % 1000) + runs) expect(i).toBe(-1)
  })

  it('add up a long row exactly as one does', () => {
    const length = 300_001
    const x = row(Float32Array.from({ length }, (_, i) => (i % 7) - 3))
    const total = row(Float32Array.of(0))
    const sum = kernels.reduce([{ op: 'sum', value: a.mul(2) }], [acc(0, 'float32').add(1)])
    for (let i = 0; i < 20; i++) {
      wasm.run(sum, [x], [{ ...total, shape: [length], strides: [0] }], [])
      const rest = length % 7
      const expected = Array.from({ length: rest }, (_, k) => k - 3).reduce((s, v) => s + v, 0)
      expect(wasm.readSync(total.buffer, 0, 1)[0]).toBe(2 * expected + 1)
    }
  })

  it('survive growth of the memory', () => {
    const backend = new WasmBackend({ threads: 2, shareFrom: 0 })
    const kernel = kernels.map([a.mul(a)])
    for (const length of [1000, 6_000_000, 10_000_000]) {
      const buffer = backend.allocate('float32', length)
      backend.write(buffer, new Float32Array(length).fill(3))
      const x: Operand = { buffer, dtype: 'float32', shape: [length], strides: [1], offset: 0 }
      backend.run(kernel, [x], [x], [])
      const values = backend.readSync(buffer, 0, length) as Float32Array
      expect(values.every((v) => v === 9)).toBe(true)
    }
    backend.dispose()
  })

  it('tell the caller what went wrong in a worker', async () => {
    const heap = new Heap({ limit: 2 ** 26, initial: 2 ** 22, shared: true })
    const library = () => new WebAssembly.Module(libraryBytes({ relaxed: false, shared: true }))
    const pool = new ThreadPool(heap, 2, library)
    const builder = new ModuleBuilder(true)
    const unreachable = 0
    const params = ['i32', 'i32', 'i32', 'i32'] as const
    builder.define({ params, results: [] }, 'run').code.bytes(unreachable)
    const bytes = builder.encode()
    const block = heap.reserve(bytes.length)
    new Uint8Array(heap.memory.buffer).set(bytes, block.address)
    const place = { bytes: block.address, bytesLength: bytes.length }
    // In this thread the job does nothing but take its time.
    const idle = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
    const attempt = () => pool.run({ run: idle, entry: -1, program: 1, ...place }, 0, 500, 1, 0)
    expect(attempt).toThrow(/^a kernel failed in a worker thread: .*unreachable/)
    let calls = 0
    const count = () => void calls++
    pool.run({ run: count, entry: -1, program: 1, ...place }, 0, 1, 1, 0)
    expect(calls).toBe(1)
    pool.dispose()
  })

  it('do not keep the process alive', () => {
    const script = fileURLToPath(new URL('./support/exits.ts', import.meta.url))
    const flags = ['--import', 'tsx', '--conditions=@sconce/source']
    const { status, stdout } = spawnSync(process.execPath, [...flags, script], {
      timeout: 50_000,
      encoding: 'utf8',
    })
    expect(stdout.trim()).toBe('2 threads, last value 2')
    expect(status).toBe(0)
  })
})

describe('kernels of another copy of the library', () => {
  it('are told apart though their numbers are the same', () => {
    const [first, second] = [kernels.map([a.add(1)]), kernels.map([a.mul(5)])]
    // What another copy would make: the same structure under a number that is taken.
    const foreign = Object.freeze({ ...second, id: first.id })
    const x = row(Float32Array.of(1, 2, 3))
    for (const kernel of [first, foreign, first, foreign]) wasm.run(kernel, [x], [x], [])
    expect(wasm.readSync(x.buffer, 0, 3)).toEqual(Float32Array.of(55, 80, 105))
  })
})
