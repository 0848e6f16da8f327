import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Tensor, ValueError } from '@sconce/core'
import { at, type Dataset } from '../dataset.ts'
import type { ImageOptions } from '../image.ts'
import { readImage } from './files.ts'

const EXTENSIONS = ['.png', '.jpg', '.jpeg']

const namesIn = (folder: string, kind: 'isDirectory' | 'isFile'): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry[kind]())
    .map((entry) => entry.name)
    .sort()

/** Options of `ImageFolder`. */
export interface ImageFolderOptions<T> extends ImageOptions {
  /** Applied to each picture, a uint8 tensor [channels, height, width]. Default: none. */
  transform?: (image: Tensor) => T
}

/**
 * Pictures in one folder per class: `root/cat/1.png`. Items are the picture and the index of its class,
 * as a bigint so that it collates to int64; `torchvision.datasets.ImageFolder`. Loads asynchronously.
 */
export class ImageFolder<T = Tensor> implements Dataset<Promise<[T, bigint]>> {
  /** Names of the classes, sorted. */
  readonly classes: readonly string[]
  /** Paths and classes of the pictures. */
  readonly samples: readonly (readonly [path: string, label: number])[]
  readonly #options: ImageFolderOptions<T>

  /** @throws ValueError where there is no folder, or none with a picture. */
  constructor(root: string, options: ImageFolderOptions<T> = {}) {
    this.#options = options
    this.classes = namesIn(root, 'isDirectory')
    this.samples = this.classes.flatMap((name, label) =>
      namesIn(join(root, name), 'isFile')
        .filter((file) => EXTENSIONS.includes(extname(file).toLowerCase()))
        .map((file) => [join(root, name, file), label] as const),
    )
    if (this.samples.length === 0) {
      throw new ValueError(`Found no PNG or JPEG files in folders of ${root}`)
    }
  }

  get length(): number {
    return this.samples.length
  }

  async get(index: number): Promise<[T, bigint]> {
    const [path, label] = at(this.samples, index)
    const { transform, ...options } = this.#options
    const image = await readImage(path, options)
    // Without a transform T is Tensor.
    return [transform ? transform(image) : (image as T), BigInt(label)]
  }
}
