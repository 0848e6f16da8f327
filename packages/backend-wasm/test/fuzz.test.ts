import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import './support/relaxed.ts'
import { WasmBackend } from '../src/index.ts'
import { checkCases, fuzzIds } from './support/fuzz.ts'

describe('random kernels give what cpu gives', () => {
  it.each([false, true])('relaxed SIMD: %s', (relaxed) => {
    const wasm = new WasmBackend({ relaxed, threads: 1 })
    const differences = checkCases(wasm, new CpuBackend(), fuzzIds(2000, 20_260_000))
    expect(differences.join('\n\n')).toBe('')
  })
})
