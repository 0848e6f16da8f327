/** What an application does: bundled whole, in one file, it must still find its binaries and its worker. */
import { acc, execute, input, kernels, type Operand } from '@sconce/backend'
import { createWasmBackend } from '../../src/index.ts'

const backend = createWasmBackend({ threads: 2, shareFrom: 0 })

function matrix(shape: readonly [number, number], fill: number): Operand {
  const length = shape[0] * shape[1]
  const buffer = backend.allocate('float32', length)
  backend.write(buffer, new Float32Array(length).fill(fill))
  return { buffer, dtype: 'float32', shape, strides: [shape[1], 1], offset: 0 }
}

const [x, y, z] = [matrix([64, 32], 2), matrix([32, 48], 3), matrix([64, 48], 0)]
while (backend.workersStarted === 0) {
  execute(backend, kernels.matmul('float32', acc(0, 'float32')), [x, y], [z], [])
  execute(backend, kernels.map([input(0, 'float32').add(1)]), [z], [z], [])
  await new Promise((resolve) => setTimeout(resolve, 5))
}
console.log(`${backend.workersStarted} worker, ${backend.readSync(z.buffer, 64 * 48 - 1, 1)[0]}`)
