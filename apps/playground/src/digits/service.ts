import { getDevice, init, io, manualSeed, noGrad, randint } from 'sconce'
import { pictureOf } from '../api/picture.ts'
import type { Picture } from '../protocol/events.ts'
import { digitsOf, imagesOf } from './data.ts'
import { DigitNetwork } from './network.ts'
import { type LabelledPixels, PIXELS, unpackDigits } from './packed.ts'
import { accuracyOf, training } from './training.ts'

/** What the network makes of a drawing. */
export interface Look {
  /** By digit; they add up to 1. */
  readonly probabilities: readonly number[]
  readonly first: Picture
  readonly second: Picture
}

export interface TrainingProgress {
  readonly step: number
  readonly steps: number
  readonly losses: readonly { readonly step: number; readonly loss: number }[]
  readonly filters: Picture
}

export interface TrainingResult {
  readonly stopped: boolean
  /** The share of the test digits that are recognised. */
  readonly accuracy: number
}

interface Data {
  readonly train: LabelledPixels
  readonly test: LabelledPixels
}

/** How long training goes on before the page gets an answer to anything else. */
const TURN_MILLISECONDS = 80

const otherTurns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

async function fetchBytes(url: URL): Promise<Response> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`)
  return response
}

/** A network for digits on one backend: looks at drawings, and learns. */
export class DigitService {
  readonly #base: URL
  readonly #net: DigitNetwork
  #data: Promise<Data> | undefined
  #isWanted = true

  private constructor(base: URL, net: DigitNetwork) {
    this.#base = base
    this.#net = net
  }

  /**
   * Starts a backend and a network on it that has been trained.
   * @param base where the page's files are
   */
  static async start(backend: string, base: URL): Promise<DigitService> {
    await init(backend)
    const service = new DigitService(base, new DigitNetwork())
    await service.recall()
    return service
  }

  /** What the backend says of its device. */
  get device(): string {
    return getDevice().backend.info.description
  }

  /** Takes back the weights that the page came with. */
  async recall(): Promise<void> {
    const response = await fetchBytes(new URL('digits.safetensors', this.#base))
    const file = new Uint8Array(await response.arrayBuffer())
    // They are in float16, which not every backend holds.
    const weights = await io.readSafetensors(file, { device: 'cpu' })
    const { name } = getDevice()
    this.#net.loadStateDict(
      new Map(Array.from(weights, ([key, t]) => [key, t.to('float32').to(name)])),
    )
  }

  /** What the network makes of a drawing of 28 × 28 bytes. */
  look(pixels: Uint8Array<ArrayBuffer>): Look {
    this.#net.eval()
    return noGrad(() => {
      const { first, second, scores } = this.#net.stages(imagesOf(pixels))
      return {
        probabilities: Array.from(scores.softmax(1).flatten().toTypedArray(), Number),
        first: pictureOf(first, { colors: 'viridis', columns: 4 }),
        second: pictureOf(second, { colors: 'viridis', columns: 8 }),
      }
    })
  }

  /** A digit that the network has not learned from. */
  async sample(): Promise<{ pixels: Uint8Array; label: number }> {
    const { test } = await this.#load()
    const i = Number(randint(0, test.labels.length, [1]).item())
    return { pixels: test.pixels.slice(i * PIXELS, (i + 1) * PIXELS), label: test.labels[i] }
  }

  /**
   * Forgets everything and learns anew. In between the network can be looked at.
   * @param tell is told every few steps
   */
  async train(epochs: number, tell: (progress: TrainingProgress) => void): Promise<TrainingResult> {
    const { train, test } = await this.#load()
    this.#isWanted = true
    manualSeed(1)
    const net = this.#net
    net.loadStateDict(new DigitNetwork().stateDict())
    let losses: TrainingProgress['losses'] = []
    let turn = performance.now()
    for (const { step, steps, loss } of training(net, digitsOf(train), { epochs })) {
      losses = [...losses, { step, loss }]
      if (performance.now() - turn < TURN_MILLISECONDS && step < steps) continue
      const filters = pictureOf(net.getParameter('first.0.weight'), { columns: 8 })
      tell({ step, steps, losses, filters })
      losses = []
      await otherTurns()
      turn = performance.now()
      if (!this.#isWanted) break
    }
    return { stopped: !this.#isWanted, accuracy: accuracyOf(net, digitsOf(test)) }
  }

  /** Ends the training after the step that it is at. */
  stop(): void {
    this.#isWanted = false
  }

  #load(): Promise<Data> {
    this.#data ??= this.#fetchData()
    return this.#data
  }

  async #fetchData(): Promise<Data> {
    const { body } = await fetchBytes(new URL('digits.bin', this.#base))
    if (!body) throw new Error('digits.bin is empty')
    const unzipped = new Response(body.pipeThrough(new DecompressionStream('gzip')))
    const [train, test] = unpackDigits(new Uint8Array(await unzipped.arrayBuffer()), 2)
    return { train, test }
  }
}
