import { train } from './sconce.ts'

await train('cpu')
console.log(performance.now())
