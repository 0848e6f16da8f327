import { doctor, init } from 'sconce'
import { describe, expect, it } from 'vitest'

describe('the doctor in a browser', () => {
  it('finds all stock backends, and never prefers a software GPU', async () => {
    const { backends, preferred, environment } = await doctor()
    expect(backends.map(({ name, available }) => [name, available])).toEqual([
      ['webgl', true],
      ['wasm', true],
      ['cpu', true],
    ])
    const [webgl] = backends
    // The tests' browser renders on the processor.
    expect(webgl).toMatchObject({ software: true, readSync: 'stall' })
    expect(webgl.available && webgl.gpu).toMatch(/SwiftShader/)
    expect(webgl.available && webgl.limits.MAX_TEXTURE_SIZE).toBeGreaterThanOrEqual(4096)
    expect(preferred).toBe('wasm')
    expect(environment.runtime).toBe(navigator.userAgent)
    expect(environment['cross-origin isolated']).toBe(crossOriginIsolated ? 'yes' : 'no')
    expect(await init()).toBe('wasm')
  })

  it('times them, the software GPU too, which it does not recommend', async () => {
    const { backends, recommended } = await doctor({ bench: true })
    for (const found of backends) {
      const timings = found.available ? Object.values(found.timings ?? {}) : []
      expect(timings.length).toBe(3)
      expect(Math.min(...timings)).toBeGreaterThan(0)
    }
    expect(recommended).toBe('wasm')
  })
})
