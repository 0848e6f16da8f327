import { getPlugin } from '@sconce/backend'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWasmBackend } from '../src/index.ts'

afterEach(() => vi.unstubAllGlobals())

const headers =
  'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'

describe('the plug-in', () => {
  it('says what it would run on', async () => {
    const plugin = getPlugin('wasm')
    expect(plugin.priority).toBeGreaterThan(0)
    expect(await plugin.probe()).toMatchObject({
      available: true,
      description: expect.stringMatching(/^WebAssembly (relaxed )?SIMD, \d+ threads?$/),
    })
    const backend = await plugin.create()
    expect(backend.name).toBe('wasm')
    backend.dispose()
  })

  it('says why threads are off, and how to get them', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    const reason = `(threads are off: the page is not cross-origin isolated; send the headers ${headers})`
    expect(await getPlugin('wasm').probe()).toMatchObject({
      available: true,
      description: expect.stringContaining(`, 1 thread ${reason}`),
    })
    const backend = createWasmBackend({ threads: 4 })
    expect(backend.threads).toBe(1)
    expect(backend.info.description).toContain(reason)
  })

  it('is not available without SIMD, or where nothing may be compiled', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValueOnce(false)
    expect(await getPlugin('wasm').probe()).toMatchObject({
      available: false,
      reason: 'this JavaScript engine has no WebAssembly SIMD',
      mend: expect.stringContaining('Chrome 91'),
    })
    vi.restoreAllMocks()
    vi.stubGlobal('WebAssembly', {
      ...{ validate: WebAssembly.validate },
      Module: class {
        constructor() {
          throw new Error('refused by policy')
        }
      },
    })
    expect(await getPlugin('wasm').probe()).toMatchObject({
      available: false,
      reason: 'a Content-Security-Policy forbids WebAssembly',
      mend: expect.stringContaining("'wasm-unsafe-eval'"),
    })
  })

  it('takes options', () => {
    const backend = createWasmBackend({ name: 'second', threads: 1, relaxed: false, budget: 12345 })
    expect(backend.name).toBe('second')
    expect(backend.info.budget).toBe(12345)
    expect(backend.info.description).toBe('WebAssembly SIMD, 1 thread')
    expect(backend.workersStarted).toBe(0)
  })
})
