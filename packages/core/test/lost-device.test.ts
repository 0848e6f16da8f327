import { type Buffer, ContentsLost, type Operand, type TypedArray } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import {
  disposeDevice,
  fromTypedArray,
  full,
  keepHostCopy,
  synchronize,
  useBackend,
} from '@sconce/core'
import { afterEach, describe, expect, it } from 'vitest'

/** The memory of cpu, of which everything can get lost; copies are refreshed by `synchronize` alone. */
class FickleBackend extends CpuBackend {
  override readonly info = { ...new CpuBackend().info, collected: false, budget: 4096 }
  readonly #lost = new Set<Buffer>()
  readonly #held = new Set<Buffer>()
  readonly #copies = new Map<Buffer, TypedArray | undefined>()

  override allocate(...args: Parameters<CpuBackend['allocate']>): Buffer {
    const buffer = super.allocate(...args)
    this.#held.add(buffer)
    return buffer
  }

  override free(buffer: Buffer): void {
    this.#held.delete(buffer)
    this.#copies.delete(buffer)
    super.free(buffer)
  }

  override write(buffer: Buffer, data: TypedArray, offset?: number): void {
    this.#lost.delete(buffer)
    super.write(buffer, data, offset)
  }

  override readSync(buffer: Buffer, offset: number, length: number): TypedArray {
    this.#touch(buffer)
    return super.readSync(buffer, offset, length)
  }

  override run(...[kernel, inputs, outputs, scalars]: Parameters<CpuBackend['run']>): void {
    for (const { buffer } of inputs as readonly Operand[]) this.#touch(buffer)
    for (const { buffer } of outputs as readonly Operand[]) this.#lost.delete(buffer)
    super.run(kernel, inputs, outputs, scalars)
  }

  override async synchronize(): Promise<void> {
    for (const buffer of this.#copies.keys())
      this.#copies.set(buffer, super.readSync(buffer, 0, buffer.length))
  }

  keepHostCopy(buffer: Buffer, keep = true): void {
    if (keep) this.#copies.set(buffer, undefined)
    else this.#copies.delete(buffer)
  }

  lose(): void {
    for (const buffer of this.#held) this.#lost.add(buffer)
  }

  #touch(buffer: Buffer): void {
    if (!this.#lost.has(buffer)) return
    const copy = this.#copies.get(buffer)
    if (!copy) throw new ContentsLost('the contents were lost')
    this.write(buffer, copy)
  }
}

const device = 'fickle'
const open = () => {
  const backend = new FickleBackend({ name: device })
  return { backend, account: useBackend(backend) }
}
afterEach(() => disposeDevice(device))

const ramp = (n: number, from = 0) =>
  fromTypedArray(
    Float32Array.from({ length: n }, (_, i) => i + from),
    [n],
    { device },
  )

describe('a device that was lost', () => {
  it('makes room for new tensors although there is nothing to copy of the lost ones', () => {
    const { backend, account } = open()
    const lost = ramp(400)
    backend.lose()
    const made = Array.from({ length: 8 }, (_, i) => full([400], i, { device }))
    expect(account.bytes).toBeLessThanOrEqual(4096)
    for (const [i, t] of made.entries()) expect(t.at(399).item()).toBe(i)
    expect(() => lost.add(1)).toThrow(ContentsLost)
    // It takes new contents.
    lost.copy_(ramp(400, 5))
    expect([lost.at(0).item(), lost.at(399).item()]).toEqual([5, 404])
  })

  it('gives up lost storages without counting them twice', () => {
    const { backend, account } = open()
    const lost = ramp(400)
    backend.lose()
    account.epoch++
    account.spill({ bytes: 0, storages: 0 })
    expect(account.bytes).toBe(0)
    lost.storage.free()
    expect(account.bytes).toBe(0)
    expect(account.residents.size).toBe(0)
  })

  it('brings back what is kept, as of the last synchronize', async () => {
    const { backend } = open()
    const [kept, other] = [ramp(4), ramp(4)]
    await keepHostCopy([kept])
    kept.add_(1)
    await synchronize(device)
    kept.add_(1)
    backend.lose()
    expect(kept.toArray()).toEqual([1, 2, 3, 4])
    expect(() => other.toArray()).toThrow(ContentsLost)
    await keepHostCopy([kept], false)
    backend.lose()
    expect(() => kept.toArray()).toThrow(ContentsLost)
  })

  it('keeps what was spilled and came back', async () => {
    const { backend, account } = open()
    const kept = ramp(4)
    await keepHostCopy([kept])
    account.epoch++
    account.spill({ bytes: 0, storages: 0 })
    expect(kept.add(0).toArray()).toEqual([0, 1, 2, 3])
    await synchronize(device)
    backend.lose()
    expect(kept.toArray()).toEqual([0, 1, 2, 3])
  })

  it('has nothing to keep where nothing can be lost', async () => {
    const t = fromTypedArray(new Float32Array([1]), [1], { device: 'cpu' })
    await keepHostCopy([t])
    await synchronize('cpu')
    expect(t.toArray()).toEqual([1])
  })
})
