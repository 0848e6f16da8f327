import { train } from './tfjs.ts'

await train('cpu')
console.log(performance.now())
