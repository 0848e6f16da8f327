import { digits } from './digits.ts'
import { perceptron } from './perceptron.ts'
import type { Program } from './program.ts'

export const programs: readonly Program[] = [perceptron, digits]

/** The program of that name. */
export function programOf(name: string): Program {
  const program = programs.find((member) => member.name === name)
  if (!program) throw new Error(`there is no program '${name}'`)
  return program
}
