import { input, kernels } from '@sconce/backend'
import { createWebglBackend, plugin } from '../src/index.ts'

/** Doubles three numbers on a context of the worker's own. */
const { available } = await plugin.probe()
const backend = createWebglBackend()
const buffer = backend.allocate('float32', 3)
backend.write(buffer, new Float32Array([1, 2, 3]))
const operand = { buffer, dtype: 'float32' as const, shape: [3], strides: [1], offset: 0 }
backend.run(kernels.map([input(0, 'float32').mul(2)]), [operand], [operand], [])
postMessage({ available, values: await backend.read(buffer, 0, 3) })
backend.dispose()
