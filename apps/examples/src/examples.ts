import { init } from 'sconce'
import { autograd } from './autograd.ts'
import { characters } from './characters/index.ts'
import { customFunction } from './custom-function.ts'
import { mnist } from './mnist/index.ts'
import { modules } from './modules.ts'
import { optimizers } from './optimizers.ts'
import type { Example, ExampleOptions } from './options.ts'
import { penguins } from './penguins.ts'
import { rosenbrock } from './rosenbrock.ts'
import { tensors } from './tensors.ts'
import { weights } from './weights.ts'

/** The series, in the order in which it is read; what runs where nothing is asked for. */
const series: Readonly<Record<string, Example>> = {
  tensors,
  autograd,
  modules,
  optimizers,
}

const examples: Readonly<Record<string, Example>> = {
  ...series,
  mnist,
  penguins,
  characters,
  rosenbrock,
  'custom-function': customFunction,
  weights,
}

/**
 * Runs examples by name, or the series where none is named.
 *
 * @throws Error for a name that is unknown, before anything runs.
 */
export async function runExamples(
  names: readonly string[],
  options: ExampleOptions,
): Promise<void> {
  const chosen = names.length > 0 ? names : Object.keys(series)
  for (const name of chosen) {
    if (!Object.hasOwn(examples, name))
      throw new Error(`no example '${name}': there are ${Object.keys(examples).join(', ')}`)
  }
  await init(options.device)
  for (const name of chosen) {
    const { title, run } = examples[name]
    console.log(`\n${title} (${options.device})`)
    await run(options)
  }
}
