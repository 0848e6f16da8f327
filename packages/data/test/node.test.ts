import '@sconce/backend-cpu'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { full, type Tensor } from '@sconce/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { toFloat } from '../src/image.ts'
import { DataLoader } from '../src/index.ts'
import { ImageFolder, readCsv, readImage, writePng } from '../src/node.ts'
import { progress } from '../src/progress.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sconce-data-'))
})
afterAll(() => rm(root, { recursive: true }))

const plain = (value: number): Tensor => full([1, 2, 2], value, { dtype: 'uint8' })

it('ImageFolder has a class per folder', async () => {
  for (const [folder, value] of [
    ['dog', 10],
    ['cat', 20],
  ] as const) {
    await mkdir(join(root, folder))
    await writePng(join(root, folder, 'b.png'), plain(value))
    await writePng(join(root, folder, 'a.PNG'), plain(value + 1))
    await writeFile(join(root, folder, 'readme.txt'), 'no picture')
  }
  const data = new ImageFolder(root, { mode: 'gray', transform: toFloat })
  expect([data.length, data.classes]).toEqual([4, ['cat', 'dog']])
  const { value } = await new DataLoader(data, { batchSize: 4 })[Symbol.asyncIterator]().next()
  const [images, labels] = value ?? expect.unreachable()
  expect(labels.toArray()).toEqual([0, 0, 1, 1])
  expect(labels.dtype).toBe('int64')
  expect(images.mul(255).mean([1, 2, 3]).round().toArray()).toEqual([21, 20, 11, 10])
  expect((await readImage(join(root, 'dog', 'b.png'))).toArray()).toEqual([
    [
      [10, 10],
      [10, 10],
    ],
  ])
  expect(() => new ImageFolder(join(root, 'cat'))).toThrow('Found no PNG or JPEG files')
})

it('readCsv', async () => {
  const path = join(root, 'table.csv')
  await writeFile(path, 'a,b\n1,2\n')
  expect((await readCsv(path)).tensor(['b', 'a']).toArray()).toEqual([[2, 1]])
})

class Text extends Writable {
  text = ''
  override _write(chunk: Buffer, _: string, done: () => void) {
    this.text += chunk
    done()
  }
}

it('progress goes through a loader and shows values', async () => {
  const stream = new Text()
  const bar = progress(new DataLoader([1, 2, 3, 4], { batchSize: 2 }), {
    label: 'epoch 1',
    stream,
    plain: true,
  })
  const seen: unknown[] = []
  for (const batch of bar) {
    seen.push(batch.toArray())
    bar.show({ loss: 0.123456, phase: 'train' })
  }
  expect(seen).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(stream.text).toMatch(/epoch 1 .*2\/2 .*loss=0\.1235 phase=train/)
  // A stream has no length; breaking off ends the bar.
  for await (const batch of progress(new DataLoader(new Set([5, 6])), { stream, plain: true })) {
    seen.push(batch.toArray())
    break
  }
  expect(seen[2]).toEqual([5])
})
