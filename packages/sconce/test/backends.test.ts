// The package of the backend is imported first: that is what is tested.
import { WasmBackend } from '@sconce/backend-wasm'
import { getDevice, init, registeredBackends } from 'sconce'
import { describe, expect, it } from 'vitest'

describe('stock backends', () => {
  it('are known before they are loaded', () => {
    expect(registeredBackends().map((plugin) => plugin.name)).toEqual(['webgl', 'wasm', 'cpu'])
  })

  it('start when their package was imported before the umbrella', async () => {
    expect(await init('wasm')).toBe('wasm')
    expect(getDevice('wasm').backend).toBeInstanceOf(WasmBackend)
  })
})
