import { setTimeout } from 'node:timers/promises'
import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import { Device } from '../src/device.ts'
import { ResidentList } from '../src/residents.ts'
import { Resident } from '../src/storage.ts'

/** A device whose buffers nobody collects: it has to be told. */
function countingDevice(): Device {
  const backend = new CpuBackend({ name: 'counting' })
  return new Device(Object.assign(backend, { info: { ...backend.info, collected: false } }))
}

const residents = (count: number): Resident[] =>
  Array.from({ length: count }, (_, i) => new Resident({ dtype: 'float32', length: i }, i))

describe('the list of residents', () => {
  it('keeps the order in which they came', () => {
    const list = new ResidentList()
    const [a, b, c, d] = residents(4)
    for (const r of [a, b, c, d]) list.add(r)
    expect([...list]).toEqual([a, b, c, d])
    list.delete(b)
    list.delete(d)
    list.delete(a)
    expect([...list]).toEqual([c])
    list.add(a)
    expect([...list]).toEqual([c, a])
    expect(list.size).toBe(2)
    list.delete(c)
    list.delete(a)
    expect([...list]).toEqual([])
    expect(list.size).toBe(0)
  })

  it('can be emptied while it is walked', () => {
    const list = new ResidentList()
    const all = residents(5)
    for (const r of all) list.add(r)
    const seen: Resident[] = []
    for (const r of list) {
      seen.push(r)
      list.delete(r)
    }
    expect(seen).toEqual(all)
    expect(list.size).toBe(0)
  })
})

describe('collected storages', () => {
  /** Collects garbage until nothing lives on the device, or for long enough to be sure. */
  async function collected(device: Device): Promise<number> {
    for (let i = 0; i < 50 && device.residents.size > 0; i++) {
      await setTimeout(10)
      globalThis.gc?.()
    }
    return device.residents.size
  }

  it.each([
    ['a few small ones', 3, 4],
    ['many small ones', 1000, 4],
    ['very many small ones', 15000, 4],
    ['large ones', 3, 1 << 16],
  ])('are freed: %s', async (_, count, length) => {
    const device = countingDevice()
    for (let i = 0; i < count; i++) device.allocate('float32', length)
    expect(device.bytes).toBe(count * length * 4)
    expect(await collected(device)).toBe(0)
    expect(device.bytes).toBe(0)
  })

  it('are not asked for where they are spilled before', async () => {
    const device = countingDevice()
    const all = Array.from({ length: 3 }, () => device.allocate('float32', 4))
    device.epoch++
    expect(device.spill({ bytes: 16, storages: 9 })).toEqual({ bytes: 32, storages: 2 })
    await setTimeout(0)
    expect(all.map(({ resident }) => resident.watched)).toEqual([false, false, true])
    // What comes back is watched like any other.
    all[0].use()
    await setTimeout(0)
    expect(all[0].resident.watched).toBe(true)
  })

  it('are asked for in a loop that never yields, once there are many', () => {
    const device = countingDevice()
    const small = device.allocate('float32', 4)
    const [first] = Array.from({ length: 300 }, () => device.allocate('float32', 4000))
    expect([small.resident.watched, first.resident.watched]).toEqual([true, true])
  })

  it('are not asked for where they are freed before', async () => {
    const device = countingDevice()
    const early = device.allocate('float32', 4)
    const late = device.allocate('float32', 4)
    early.free()
    expect(device.bytes).toBe(16)
    await setTimeout(0)
    expect([early.resident.watched, late.resident.watched]).toEqual([false, true])
    late.free()
    expect([late.resident.watched, device.bytes, device.residents.size]).toEqual([false, 0, 0])
  })
})
