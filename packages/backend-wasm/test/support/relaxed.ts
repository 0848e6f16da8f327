import { setFlagsFromString } from 'node:v8'
import { hasRelaxedSimd } from '../../src/static/index.ts'

// Node 20 knows relaxed SIMD, but behind a flag.
if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd')
