import { acc, getPlugin, input, kernels, type Operand } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'
import { checkCases, fuzzIds } from './support/fuzz.ts'

const a = input(0, 'float32')

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('in a browser', () => {
  it('is available', async () => {
    const probe = await getPlugin('wasm').probe()
    expect(probe).toMatchObject({ available: true })
  })

  it('gives what cpu gives on random kernels', () => {
    const differences = checkCases(
      new WasmBackend({ threads: 1 }),
      new CpuBackend(),
      fuzzIds(150, 1),
    )
    expect(differences.join('\n\n')).toBe('')
  })

  it('shares large kernels with a worker', async () => {
    expect(crossOriginIsolated).toBe(true)
    const wasm = new WasmBackend({ threads: 2, shareFrom: 0 })
    expect(wasm.info.description).toMatch(/, 2 threads$/)
    const length = 200_001
    const buffer = wasm.allocate('float32', length)
    wasm.write(buffer, new Float32Array(length))
    const x: Operand = { buffer, dtype: 'float32', shape: [length], strides: [1], offset: 0 }
    const increment = kernels.map([a.add(1)])
    wasm.run(increment, [x], [x], [])
    for (let i = 0; i < 200 && wasm.workersStarted === 0; i++) await pause(20)
    expect(wasm.workersStarted).toBe(1)
    for (let i = 0; i < 100; i++) wasm.run(increment, [x], [x], [])
    const values = (await wasm.read(buffer, 0, length)) as Float32Array
    expect(values.every((v) => v === 101)).toBe(true)
    const total = wasm.allocate('float32', 1)
    const sum = kernels.reduce([{ op: 'sum', value: a }], [acc(0, 'float32')])
    const out: Operand = { ...x, buffer: total, strides: [0] }
    wasm.run(sum, [x], [out], [])
    expect(wasm.readSync(total, 0, 1)[0]).toBe(Math.fround(101 * length))
    wasm.dispose()
  })
})
