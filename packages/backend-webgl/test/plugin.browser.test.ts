import { getPlugin, registeredBackends } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { plugin, WebglBackend } from '../src/index.ts'

describe('the plug-in', () => {
  it('is registered by importing the package', () => {
    expect(getPlugin('webgl')).toBe(plugin)
    expect(registeredBackends().map(({ name }) => name)).toContain('webgl')
  })

  it('says what it found, and whether that is emulated', async () => {
    const answer = await plugin.probe()
    if (!answer.available) throw new Error(answer.reason)
    expect(answer.description).toMatch(/^WebGL2, /)
    // The tests run on SwiftShader.
    expect(answer.software).toBe(/swiftshader/i.test(answer.description))
  })

  it('does not use up contexts by probing', async () => {
    for (let i = 0; i < 40; i++) expect((await plugin.probe()).available).toBe(true)
    const backend = await plugin.create()
    expect(backend).toBeInstanceOf(WebglBackend)
    expect(backend.info.native).toContain('map')
    backend.dispose()
  })

  it('claims what it measured', async () => {
    const backend = await plugin.create()
    const { numerics, maxOutputs, maxLength, readSync } = backend.info
    expect(numerics?.specials).toBe(true)
    expect(maxOutputs).toBeGreaterThanOrEqual(4)
    expect(maxLength).toBeGreaterThanOrEqual(2 ** 24)
    expect(readSync).toBe('stall')
    backend.dispose()
  })
})
