import '@tensorflow/tfjs-backend-wasm'
import { train } from './tfjs.ts'

await train('wasm')
console.log(performance.now())
