import { train } from './sconce.ts'

await train('wasm')
console.log(performance.now())
