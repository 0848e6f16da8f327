import '@sconce/backend-cpu'
import { tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { decodeImage, encodePng, normalize, toFloat } from '../src/image.ts'

/** Written by zlib and, the JPEG, by Pillow. */
const files = {
  rgb: 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR42mP4z8DAAMIM/7lE5AAaWAM64pJu2QAAAABJRU5ErkJggg==',
  gray2:
    'iVBORw0KGgoAAAANSUhEUgAAAAMAAAABAgAAAAB0O1PJAAAACklEQVR42mOQAAAAGgAZgACOuwAAAABJRU5ErkJggg==',
  gray16:
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR42mNgYPz/HwADBQIAvgO9jwAAAABJRU5ErkJggg==',
  palette:
    'iVBORw0KGgoAAAANSUhEUgAAAAMAAAABAgMAAABmjvwnAAAACVBMVEUBAgMEBQYHCAklhVbwAAAACklEQVR42mOQAAAAGgAZgACOuwAAAABJRU5ErkJggg==',
  grayAlpha:
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNg5wQAABoAEfNpU3UAAAAASUVORK5CYII=',
  huge: 'iVBORw0KGgoAAAANSUhEUgABEXAAARFwCAAAAAAaVWsXAAAACUlEQVR42mMAAAABAAGxDbaTAAAAAElFTkSuQmCC',
  jpeg: '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAIAAgDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD5Pooor4c/1MP/2Q==',
}
const bytes = (name: keyof typeof files) => Uint8Array.from(Buffer.from(files[name], 'base64'))
const decoded = (name: keyof typeof files, mode?: 'gray' | 'rgb' | 'rgba') => {
  const image = decodeImage(bytes(name), mode ? { mode } : {})
  return [image.dtype, image.toArray()]
}

describe('decodeImage', () => {
  it('reads PNG of all kinds as planes', () => {
    expect(decoded('rgb')).toEqual([
      'uint8',
      [
        [
          [255, 0],
          [0, 10],
        ],
        [
          [0, 255],
          [0, 20],
        ],
        [
          [0, 0],
          [255, 30],
        ],
      ],
    ])
    expect(decoded('gray2')).toEqual(['uint8', [[[0, 85, 170]]]])
    expect(decoded('gray16')).toEqual(['int32', [[[1, 65535]]]])
    expect(decoded('palette')).toEqual(['uint8', [[[1, 4, 7]], [[2, 5, 8]], [[3, 6, 9]]]])
    expect(decoded('grayAlpha')).toEqual(['uint8', [[[7]], [[9]]]])
  })

  it('converts channels', () => {
    // The levels that Pillow's convert('L') gives.
    expect(decoded('rgb', 'gray')).toEqual([
      'uint8',
      [
        [
          [76, 150],
          [29, 18],
        ],
      ],
    ])
    expect(decoded('grayAlpha', 'rgba')).toEqual(['uint8', [[[7]], [[7]], [[7]], [[9]]]])
    expect(decoded('gray2', 'rgba')).toEqual([
      'uint8',
      [[[0, 85, 170]], [[0, 85, 170]], [[0, 85, 170]], [[255, 255, 255]]],
    ])
  })

  it('reads JPEG', () => {
    const image = decodeImage(bytes('jpeg'))
    expect([image.dtype, image.shape]).toEqual(['uint8', [3, 8, 8]])
    // An even picture of (200, 30, 60); the format is allowed to be off by one.
    const means = image.to('float32').mean([1, 2]).toArray() as number[]
    means.forEach((mean, c) => {
      expect(Math.abs(mean - [200, 30, 60][c])).toBeLessThanOrEqual(1)
    })
  })

  it('refuses other files, broken ones and pictures that are too large', () => {
    expect(() => decodeImage(Uint8Array.of(1, 2, 3))).toThrow('neither a PNG nor a JPEG file')
    expect(() => decodeImage(bytes('huge'))).toThrow('a PNG of 4900000000 pixels (limit: 67108864)')
    const flipped = bytes('rgb')
    flipped[45] ^= 0xff
    expect(() => decodeImage(flipped)).toThrow("the picture can't be decoded")
    for (const name of ['rgb', 'jpeg'] as const) {
      expect(() => decodeImage(bytes(name).subarray(0, 44))).toThrow("the picture can't be decoded")
    }
  })
})

it('encodePng writes what decodeImage reads', async () => {
  const image = tensor(
    [
      [
        [1, 2, 3],
        [4, 5, 255],
      ],
    ],
    { dtype: 'uint8' },
  )
  for (const channels of [1, 2, 3, 4]) {
    const wide = image.repeat([channels, 1, 1])
    expect(decodeImage(await encodePng(wide)).toArray()).toEqual(wide.toArray())
  }
  expect(decodeImage(await encodePng(image.at(0))).toArray()).toEqual(image.toArray())
  await expect(encodePng(tensor([[1]]))).rejects.toThrow(
    'Input tensor dtype should be uint8, got float32',
  )
  await expect(encodePng(tensor([1], { dtype: 'uint8' }))).rejects.toThrow('Input data should be')
})

it('toFloat and normalize', () => {
  const image = tensor([[[0, 255]], [[51, 102]]], { dtype: 'uint8' })
  expect(toFloat(image).toArray()).toEqual([[[0, 1]], [[Math.fround(0.2), Math.fround(0.4)]]])
  const t = tensor([[[0, 1]], [[2, 3]]])
  expect(normalize(t, [1, 2], [2, 0.5]).toArray()).toEqual([[[-0.5, 0]], [[0, 2]]])
})
