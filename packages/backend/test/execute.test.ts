import { expect, it } from 'vitest'
import { execute, type Kernel, kernels, type Operand } from '../src/index.ts'
import { put } from './harness.ts'
import { ToyBackend } from './toy-backend.ts'

const sort = kernels.sort('float32', false)
const operands = (backend: ToyBackend): [Operand[], Operand[]] => {
  const x = put(backend, { dtype: 'float32', shape: [5] })
  const positions = put(backend, { dtype: 'int32', shape: [5] })
  return [[x], [x, positions]]
}

it('runs a kernel as it is where the backend supports it', () => {
  class Sorting extends ToyBackend {
    override supports(kernel: Kernel): boolean {
      return kernel.kind === 'sort' || super.supports(kernel)
    }
    override run(kernel: Kernel): void {
      this.ran.push(kernel.kind)
    }
  }
  const backend = new Sorting()
  const [inputs, outputs] = operands(backend)
  execute(backend, sort, inputs, outputs, [])
  expect(backend.ran).toEqual(['sort'])
})

it('frees the temporaries of a lowering, also when it fails', () => {
  class Failing extends ToyBackend {
    override run(): void {
      this.ran.push('map')
      if (this.ran.length === 2) throw new Error('device lost')
    }
  }
  for (const backend of [new ToyBackend(), new Failing()]) {
    const [inputs, outputs] = operands(backend)
    const before = backend.live
    if (backend instanceof Failing) {
      expect(() => execute(backend, sort, inputs, outputs, [])).toThrow('device lost')
    } else execute(backend, sort, inputs, outputs, [])
    expect(backend.live).toBe(before)
    expect(backend.ran.length).toBeGreaterThan(1)
  }
})

it('has no lowering for what every backend must support', () => {
  class Lazy extends ToyBackend {
    override supports(): boolean {
      return false
    }
  }
  const backend = new Lazy()
  const x = put(backend, { dtype: 'float32', shape: [1] })
  const softmax = kernels.softmax('float32', false, false)
  expect(() => execute(backend, softmax, [x], [x], [])).toThrow(
    'a backend must support every reduce kernel',
  )
})
