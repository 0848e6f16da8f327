import { getPlugin } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { createWebglBackend, plugin } from '../src/index.ts'

describe('the plug-in where there is no canvas', () => {
  it('can be imported, and says what is missing and what would mend it', async () => {
    expect(getPlugin('webgl')).toBe(plugin)
    expect(await plugin.probe()).toEqual({
      available: false,
      reason: 'there is no canvas in this environment',
      mend: 'use WebGL in a browser, in a window or in a worker with OffscreenCanvas',
    })
    expect(() => createWebglBackend()).toThrow('there is no WebGL2 context')
  })
})
