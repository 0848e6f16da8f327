import { describe, expect, it } from 'vitest'
import { Pressure } from '../src/pressure.ts'

const MiB = 2 ** 20
const held = { bytes: 200 * MiB, storages: 1000 }

describe('the pressure on a device', () => {
  it('is too much by bytes or by count', () => {
    const pressure = new Pressure({ readSync: 'stall' })
    expect(pressure.isTooMuch(64 * MiB, 16384)).toBe(false)
    expect(pressure.isTooMuch(64 * MiB + 1, 1)).toBe(true)
    expect(pressure.isTooMuch(1, 16385)).toBe(true)
    expect(new Pressure({ readSync: 'free' }).isTooMuch(16 * MiB + 1, 1)).toBe(true)
    expect(new Pressure({ readSync: 'stall', budget: 1000 }).isTooMuch(1001, 1)).toBe(true)
  })

  it('is relieved by half, as long as what was spilled is not wanted back', () => {
    const pressure = new Pressure({ readSync: 'stall' })
    const half = { bytes: 32 * MiB, storages: 8192 }
    expect(pressure.relief(held)).toEqual(half)
    pressure.spilled({ bytes: 32 * MiB, storages: 100 })
    pressure.restored({ bytes: 8 * MiB, storages: 25 })
    expect(pressure.relief(held)).toEqual(half)
  })

  it.each([
    ['bytes', { bytes: 8 * MiB + 4, storages: 1 }],
    ['storages', { bytes: 4, storages: 26 }],
  ])('is borne where much of it came back: %s', (_, restored) => {
    const pressure = new Pressure({ readSync: 'stall' })
    pressure.relief(held)
    pressure.spilled({ bytes: 32 * MiB, storages: 100 })
    pressure.restored(restored)
    expect(pressure.relief(held)).toBeUndefined()
    expect(pressure.isTooMuch(128 * MiB, 32768)).toBe(false)
    expect(pressure.isTooMuch(128 * MiB + 1, 32768)).toBe(true)
    // Then it has to prove itself again.
    expect(pressure.relief(held)).toEqual({ bytes: 64 * MiB, storages: 16384 })
  })

  it('never exceeds the budget', () => {
    const pressure = new Pressure({ readSync: 'stall', budget: 100 * MiB })
    const comeBack = () => {
      pressure.spilled({ bytes: MiB, storages: 1 })
      pressure.restored({ bytes: MiB, storages: 1 })
      return pressure.relief(held)
    }
    expect(comeBack()).toBeUndefined()
    expect(pressure.isTooMuch(100 * MiB, 1)).toBe(false)
    expect(comeBack()).toEqual({ bytes: 50 * MiB, storages: 16384 })
    expect(pressure.isTooMuch(100 * MiB + 1, 1)).toBe(true)
  })

  it('lets the count rise where bytes are within the budget', () => {
    const pressure = new Pressure({ readSync: 'stall', budget: MiB })
    pressure.spilled({ bytes: 4, storages: 1 })
    pressure.restored({ bytes: 4, storages: 1 })
    expect(pressure.relief({ bytes: 1000, storages: 70000 })).toBeUndefined()
    expect(pressure.isTooMuch(MiB, 32768)).toBe(false)
    expect(pressure.isTooMuch(MiB + 1, 1)).toBe(true)
  })
})
