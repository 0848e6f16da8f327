import { readFile, writeFile } from 'node:fs/promises'
import type { Tensor } from '@sconce/core'
import { type CsvOptions, parseCsv, type Table } from '../csv.ts'
import { decodeImage, encodePng, type ImageOptions } from '../image.ts'

/** The CSV file at `path`; see `parseCsv`. */
export const readCsv = async (path: string | URL, options?: CsvOptions): Promise<Table> =>
  parseCsv(await readFile(path, 'utf8'), options)

/** The PNG or JPEG file at `path` as a tensor [channels, height, width]; see `decodeImage`. */
export const readImage = async (path: string | URL, options?: ImageOptions): Promise<Tensor> =>
  decodeImage(await readFile(path), options)

/** Writes a uint8 tensor [channels, height, width] or [height, width] as a PNG file. */
export const writePng = async (path: string | URL, image: Tensor): Promise<void> =>
  writeFile(path, await encodePng(image))
