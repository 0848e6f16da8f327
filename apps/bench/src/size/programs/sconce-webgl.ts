import { train } from './sconce.ts'

await train('webgl')
console.log(performance.now())
