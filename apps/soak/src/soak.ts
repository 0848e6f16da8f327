import { memory, noGrad, scope, type Tensor } from 'sconce'
import { Mishap, mishaps } from './mishaps.ts'
import type { Program, Training } from './programs/program.ts'
import { type Sample, sample } from './sample.ts'

/** How a program is run. */
export interface Manner {
  readonly steps: number
  /** Steps between turns of the event loop; infinite for a loop in one piece. */
  readonly yieldEvery: number
  /** Each step in a scope, which frees all it made: nothing needs to be spilled. */
  readonly scoped: boolean
}

/** What came of a run. */
export interface Outcome {
  readonly samples: readonly Sample[]
  /** Losses now and then. */
  readonly losses: readonly number[]
  /** SHA-256 of all parameters, to the bit. */
  readonly parameters: string
  /** Steps that went wrong on purpose. */
  readonly mishaps: number
  readonly spilledBytes: number
  readonly milliseconds: number
}

const SAMPLES = 100

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

async function digest(parameters: readonly Tensor[]): Promise<string> {
  const bytes: number[] = []
  for (const parameter of parameters) {
    const { buffer, byteOffset, byteLength } = await parameter.detach().data()
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) bytes.push(byte)
  }
  const hash = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

type GoWrong = ReturnType<ReturnType<typeof mishaps>>

/** One step of training; the loss, or undefined where it went wrong on purpose. */
function step(training: Training, i: number, goWrong: GoWrong): Tensor | undefined {
  const { optimizer } = training
  optimizer.zeroGrad()
  const losses = training.loss(i)
  if (goWrong) {
    goWrong(losses)
    throw new Error('nothing went wrong, although it should have')
  }
  losses.loss.backward()
  optimizer.step()
  return losses.loss
}

/** Whether an error is what a mishap leads to: its own, or the library's refusal. */
const isWanted = (error: unknown): boolean =>
  error instanceof Mishap ||
  (error instanceof Error &&
    /must match the size|backward through the graph a second/.test(error.message))

/**
 * Trains for long on the default device.
 *
 * @param name of the device
 * @throws whatever goes wrong that is not meant to
 */
export async function soak(
  name: string,
  program: Program,
  { steps, yieldEvery, scoped }: Manner,
): Promise<Outcome> {
  const training = program.start()
  const next = mishaps()
  const samples: Sample[] = []
  const losses: number[] = []
  let wrong = 0
  const { spilledBytes } = memory()[name]
  const started = performance.now()
  const each = Math.max(1, Math.floor(steps / SAMPLES))
  const one = (i: number): void => {
    const goWrong = next()
    const look = i % each === 0
    const body = (): number | undefined => {
      const loss = step(training, i, goWrong)
      return look ? loss?.item() : undefined
    }
    try {
      const loss = scoped ? scope(body) : body()
      if (loss !== undefined) losses.push(loss)
    } catch (error) {
      if (!goWrong || !isWanted(error)) throw error
      wrong++
    }
    if (look) samples.push(sample(i, name))
  }
  for (let i = 0; i < steps; i++) {
    one(i)
    if ((i + 1) % yieldEvery === 0) await turn()
  }
  const milliseconds = performance.now() - started
  const spilled = memory()[name].spilledBytes - spilledBytes
  const parameters = await digest(noGrad(() => [...training.net.parameters()]))
  return { samples, losses, parameters, mishaps: wrong, spilledBytes: spilled, milliseconds }
}
