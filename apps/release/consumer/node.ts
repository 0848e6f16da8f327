import { train } from './train.ts'

console.log(JSON.stringify([await train('cpu'), await train('wasm')]))
// The threads of the wasm backend don't keep the process alive.
