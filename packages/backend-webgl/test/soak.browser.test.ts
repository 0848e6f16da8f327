/**
 * Textures and the JS heap do not grow with the steps of a training, whether or not its loop yields to the
 * event loop. The application `soak` does the same for long.
 */
import '@sconce/backend-cpu'
import { disposeDevice, memory, useBackend } from '@sconce/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createWebglBackend, type WebglBackend } from '../src/index.ts'
import { convolutional, perceptron, type Training } from './programs.ts'

const steps = 800
/** Bytes that the device may hold: so few that even these steps have to give way. */
const budget = 2 ** 22

interface Point {
  readonly step: number
  /** Textures in use and kept for reuse, in MiB, and tensors. */
  readonly textures: number
  readonly storages: number
  /** Of the JS engine after a collection, in MiB. */
  readonly heap: number
}

interface Page {
  gc(): void
  performance: { memory: { usedJSHeapSize: number } }
}
/** What the flags of the browser add. */
const page = globalThis as unknown as Page

const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 100) / 100

function measured(step: number, backend: WebglBackend): Point {
  page.gc()
  const { usedBytes, freeBytes } = backend.statistics()
  return {
    step,
    textures: mebibytes(usedBytes + freeBytes),
    storages: memory().gl.storages,
    heap: mebibytes(page.performance.memory.usedJSHeapSize),
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

async function soak(
  backend: WebglBackend,
  { step }: Training,
  yieldEvery: number,
): Promise<Point[]> {
  const curve: Point[] = []
  const interval = Math.ceil(steps / 20)
  for (let i = 1; i <= steps; i++) {
    step()
    if (i % yieldEvery === 0) await turn()
    if (i % interval === 0) curve.push(measured(i, backend))
  }
  return curve
}

const values = (curve: readonly Point[], key: keyof Point): number[] =>
  curve.map((point) => point[key])

/**
 * Garbage comes and goes, so that a curve that does not rise is a saw: its last quarter comes down to
 * where its first half has been. One that rises does not.
 */
function expectFlat(curve: readonly Point[], key: keyof Point, slack: number): void {
  const before = Math.max(...values(curve.slice(0, curve.length / 2), key))
  const after = Math.min(...values(curve.slice((curve.length * 3) / 4), key))
  expect(after, key).toBeLessThanOrEqual(before + slack)
}

afterEach(() => disposeDevice('gl'))

describe(`${steps} steps of training`, { timeout: 600_000 }, () => {
  it.each([
    ['a perceptron, yielding at every step', perceptron, 1],
    ['a perceptron, yielding never', perceptron, Number.POSITIVE_INFINITY],
    ['a convolutional network, yielding never', convolutional, Number.POSITIVE_INFINITY],
  ])('hold their memory: %s', async (_, program, yieldEvery) => {
    const backend = createWebglBackend({ name: 'gl', budget })
    useBackend(backend)
    const curve = await soak(backend, program('gl'), yieldEvery)
    expectFlat(curve, 'textures', 0.1)
    expectFlat(curve, 'storages', 10)
    expectFlat(curve, 'heap', 0.5)
    // Textures are of a few sizes, and so may be larger than what they hold.
    const most = Math.max(...values(curve, 'textures'))
    expect(most).toBeLessThanOrEqual(mebibytes(4 * budget))
  })
})
