import type { BackendInfo } from '@sconce/backend'

/**
 * TODO 2: your claims. The kit holds you to each, and counts what you do not claim. Begin with these
 * dtypes: they are the least that a backend has.
 */
export const info: BackendInfo = {
  dtypes: {
    float32: { storage: true, arithmetic: true },
    int32: { storage: true, arithmetic: true },
    bool: { storage: true, arithmetic: true },
  },
  native: ['map', 'reduce', 'scatter'],
  maxLength: 2 ** 30,
  description: 'my device',
  // 'none' for a device that can only be read asynchronously: then leave `readSync` out of the backend.
  readSync: 'free',
  // Buffers are JS objects here. Leave this out where `free` has something to do.
  collected: true,
}
