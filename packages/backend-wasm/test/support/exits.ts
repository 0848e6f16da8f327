/** Uses threads and comes to its end: the process must do so too. */
import { input, kernels } from '@sconce/backend'
import { WasmBackend } from '../../src/index.ts'

const backend = new WasmBackend({ threads: 2, shareFrom: 0 })
const length = 100_000
const buffer = backend.allocate('float32', length)
backend.write(buffer, new Float32Array(length).fill(1))
const x = { buffer, dtype: 'float32', shape: [length], strides: [1], offset: 0 } as const
const twice = kernels.map([input(0, 'float32').mul(2)])
backend.run(twice, [x], [x], [])
while (backend.workersStarted === 0) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}
console.log(`${backend.threads} threads, last value ${backend.readSync(buffer, length - 1, 1)[0]}`)
