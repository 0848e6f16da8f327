import { init } from 'sconce'
import { autograd } from './autograd.ts'
import { modules } from './modules.ts'
import { optimizers } from './optimizers.ts'
import { type Example, readOptions } from './options.ts'
import { tensors } from './tensors.ts'

/** The series, in the order in which it is read. */
const examples: Readonly<Record<string, Example>> = {
  tensors,
  autograd,
  modules,
  optimizers,
}

const { names, options } = readOptions(process.argv.slice(2))
const chosen = names.length > 0 ? names : Object.keys(examples)
await init(options.device)
for (const name of chosen) {
  const example = examples[name]
  if (!example)
    throw new Error(`no example '${name}': there are ${Object.keys(examples).join(', ')}`)
  console.log(`\n${example.title} (${options.device})`)
  await example.run(options)
}
