import { OutOfMemory } from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { disposeDevice, memory, ones, type Tensor, useBackend } from '@sconce/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const device = 'full'

/** A device of a hundred floats, whose kernels take memory of their own while they run. */
class FullBackend extends CpuBackend {
  #used = 0
  /** Floats that a kernel takes. */
  scratch = 0

  #take(floats: number): void {
    if (this.#used + floats > 100) throw new OutOfMemory(`full: ${this.#used} floats are in use`)
  }

  override allocate(...args: Parameters<CpuBackend['allocate']>) {
    this.#take(args[1])
    this.#used += args[1]
    return super.allocate(...args)
  }

  override free(buffer: Parameters<CpuBackend['free']>[0]): void {
    this.#used -= buffer.length
    super.free(buffer)
  }

  override run(...args: Parameters<CpuBackend['run']>): void {
    this.#take(this.scratch)
    super.run(...args)
  }
}

let backend: FullBackend
beforeEach(() => {
  backend = new FullBackend({ name: device })
  useBackend(Object.assign(backend, { info: { ...backend.info, collected: false } }))
})
afterEach(() => disposeDevice(device))

const make = (count: number, length = 20): Tensor[] =>
  Array.from({ length: count }, () => ones(length, { device }))

describe('a full device', () => {
  it('makes room for a new tensor', () => {
    const all = make(9)
    expect(memory()[device].spilledBytes).toBeGreaterThan(0)
    expect(all.map((t) => t.sum().item())).toEqual(new Array(9).fill(20))
  })

  it.each<[string, (a: Tensor, b: Tensor) => Tensor]>([
    ['pointwise', (a, b) => a.add(b)],
    ['broadcast', (a, b) => a.view(4, 5).add(b.view(4, 5).at('0:1'))],
    ['matrix product', (a, b) => a.view(4, 5).mm(b.view(5, 4))],
  ])('makes room for what a kernel takes: %s', (_, op) => {
    const [a, b, ...others] = make(3)
    backend.scratch = 30
    const result = op(a, b)
    expect(memory()[device].spilledBytes).toBe(80)
    expect(result.sum().item()).toBe(op(ones(20), ones(20)).sum().item())
    expect(others[0].sum().item()).toBe(20)
  })

  it('throws where there is no room to make, and leaves everything as it was', () => {
    const [a, b] = make(2)
    backend.scratch = 70
    const version = a.version.value
    expect(() => a.add_(b)).toThrow(OutOfMemory)
    expect(() => a.add(b)).toThrow('full: 60 floats are in use')
    backend.scratch = 0
    expect([a.version.value, a.toArray()]).toEqual([version, new Array(20).fill(1)])
    expect(a.add(b).sum().item()).toBe(40)
  })
})
