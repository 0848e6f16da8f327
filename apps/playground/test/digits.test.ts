import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { init, io } from 'sconce'
import { expect, it } from 'vitest'
import { digitsOf } from '../src/digits/data.ts'
import { DigitNetwork } from '../src/digits/network.ts'
import { normalizeDrawing } from '../src/digits/normalize-drawing.ts'
import { packDigits, unpackDigits } from '../src/digits/packed.ts'
import { accuracyOf } from '../src/digits/training.ts'
import { digitsFile, mnist } from '../src/site/digits-file.ts'

it('packing keeps labels, and pixels to a sixteenth', () => {
  const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 256)
  const part = { pixels, labels: Uint8Array.of(3, 9) }
  const [first, second] = unpackDigits(packDigits([part, part]), 2)
  expect(first).toEqual(second)
  expect([...first.labels]).toEqual([3, 9])
  expect(Math.max(...first.pixels.map((pixel, i) => Math.abs(pixel - pixels[i])))).toBe(8)
})

it('the file of digits is small, and has those of MNIST', () => {
  const file = digitsFile()
  expect(file.length).toBeLessThan(700_000)
  const [train, test] = unpackDigits(gunzipSync(file), 2)
  expect(train.labels.length).toBe(4000)
  expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
  expect(test.labels.length).toBe(1000)
})

it('the weights that come with the page know the test set', async () => {
  await init('wasm')
  const file = await readFile(new URL('../public/digits.safetensors', import.meta.url))
  expect(file.length).toBeLessThan(200_000)
  const weights = await io.readSafetensors(new Uint8Array(file))
  const net = new DigitNetwork()
  net.loadStateDict(new Map(Array.from(weights, ([name, t]) => [name, t.to('float32')])))
  expect(accuracyOf(net, digitsOf(mnist('t10k', 1000)))).toBeGreaterThan(0.98)
})

it('a drawing is fitted into a box of 20 and centred by its mass, wherever and however large it is', () => {
  const bar = (left: number, top: number, height: number): Uint8Array =>
    Uint8Array.from({ length: 280 * 280 }, (_, i) => {
      const [x, y] = [i % 280, Math.floor(i / 280)]
      return x >= left && x < left + height / 10 && y >= top && y < top + height ? 255 : 0
    })
  const small = normalizeDrawing(bar(10, 20, 60), 280)
  const large = normalizeDrawing(bar(150, 40, 200), 280)
  const rows = (image: Uint8Array | undefined): number[] =>
    Array.from({ length: 28 }, (_, y) => (image ? image[y * 28 + 13] : -1))
  expect(rows(large)).toEqual([...Array(4).fill(0), ...Array(20).fill(255), ...Array(4).fill(0)])
  expect(rows(small)).toEqual(rows(large))
  expect(normalizeDrawing(new Uint8Array(280 * 280), 280)).toBeUndefined()
})
