import { batch, signal } from '@preact/signals'
import { proxy, type Remote, releaseProxy, wrap } from 'comlink'
import type { DigitService, Look, TrainingProgress, TrainingResult } from '../../digits/service.ts'
import type { DigitEntry } from '../../digits/worker.ts'
import type { Picture } from '../../protocol/events.ts'
import { type Chart, withPoint } from '../output/charts.ts'
import { base, messageOf } from '../shell/message.ts'
import { startWorker } from '../shell/start-worker.ts'

/** What the network is at, in words. */
export const note = signal('')
export const failure = signal<string | undefined>(undefined)
/** What the network sees in the drawing; undefined where nothing is drawn. */
export const look = signal<Look | undefined>(undefined)
export const isTraining = signal(false)
export const losses = signal<Chart | undefined>(undefined)
export const filters = signal<Picture | undefined>(undefined)

let worker: Worker | undefined
let service: Remote<DigitService> | undefined
let pixels: Uint8Array<ArrayBuffer> | undefined
let isLooking = false

/** Starts the network on a backend, in place of the one before. */
export async function start(backend: string): Promise<void> {
  service?.[releaseProxy]()
  service = undefined
  worker?.terminate()
  batch(() => {
    note.value = `Starting ${backend} …`
    failure.value = undefined
    isTraining.value = false
  })
  const started = startWorker('digits')
  worker = started
  await attempt(async () => {
    const made = await wrap<DigitEntry>(started).start(backend, base())
    if (worker !== started) return
    service = made
    note.value = `Trained before, on ${backend}: ${await made.device}`
    await lookAgain()
  })
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    failure.value = undefined
    await work()
  } catch (error) {
    failure.value = messageOf(error)
  }
}

/** Shows the network another drawing, or none. */
export async function lookAt(drawing: Uint8Array<ArrayBuffer> | undefined): Promise<void> {
  pixels = drawing
  await attempt(lookAgain)
}

/** One look at a time; whatever was drawn meanwhile comes next. */
async function lookAgain(): Promise<void> {
  if (isLooking) return
  isLooking = true
  try {
    let seen: typeof pixels
    do {
      seen = pixels
      look.value = seen && (await service?.look(seen))
    } while (seen !== pixels)
  } finally {
    isLooking = false
  }
}

/** A digit from the test set. */
export const sample = async (): Promise<{ pixels: Uint8Array; label: number } | undefined> =>
  service?.sample()

function watch({ step, steps, losses: newer, filters: seen }: TrainingProgress): void {
  batch(() => {
    note.value = `Training: step ${step} of ${steps}`
    filters.value = seen
    losses.value = newer.reduce<Chart | undefined>(
      (chart, { step, loss }) =>
        withPoint(chart, { kind: 'point', title: 'loss', x: step, values: { loss }, log: false }),
      losses.value,
    )
  })
  void lookAgain()
}

const resultText = ({ stopped, accuracy }: TrainingResult): string =>
  `${stopped ? 'Stopped' : 'Trained here'}: recognises ${(100 * accuracy).toFixed(1)} % of 1000 test digits`

/** Trains the network anew. */
export async function train(epochs: number): Promise<void> {
  const trained = service
  if (!trained) return
  batch(() => {
    isTraining.value = true
    losses.value = undefined
    note.value = 'Training: fetching digits …'
  })
  await attempt(async () => {
    const result = await trained.train(epochs, proxy(watch))
    if (service === trained) note.value = resultText(result)
  })
  if (service !== trained) return
  isTraining.value = false
  await lookAgain()
}

export const stopTraining = (): void => void service?.stop()

/** Takes back the weights that the page came with. */
export async function recall(): Promise<void> {
  await attempt(async () => {
    await service?.recall()
    note.value = 'Trained before, on all of MNIST'
    await lookAgain()
  })
}
