import type { Options } from './options.ts'
import { programOf } from './programs/index.ts'
import { type Plan, type Trial, trials } from './trial.ts'

/** Soaks every program on every backend that is wanted, each where it runs. */
export async function* run(options: Options): AsyncGenerator<Trial> {
  const { loops, budget } = options
  for (const backend of options.backends) {
    for (const program of options.programs) {
      const steps = options.steps ?? programOf(program).steps
      const plan: Plan = { backend, program, steps, loops, budget }
      if (options.browser || backend === 'webgl') {
        const { soakInChromium } = await import('./browser/launch.ts')
        yield* await soakInChromium(plan)
      } else yield* trials(plan)
    }
  }
}
