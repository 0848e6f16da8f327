import '@sconce/autograd'
import '@sconce/backend-cpu'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Generator, tensor } from '@sconce/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  fileSource,
  loadCheckpoint,
  loadNpy,
  loadNpz,
  loadSafetensors,
  loadTorch,
  loadTorchStateDict,
  openSafetensorsFile,
  saveCheckpoint,
  saveNpy,
  saveNpz,
  saveSafetensors,
  saveTorch,
} from '../src/node.ts'
import { fixture, plain } from './helpers.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sconce-io-'))
})
afterAll(() => rm(root, { recursive: true }))
const at = (name: string) => join(root, name)

const matrix = tensor([
  [1, 2],
  [3, 4],
])
const whole = new Map([
  [
    'matrix',
    [
      'float32',
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ],
])

it('every format goes to a file and back', async () => {
  await saveSafetensors(at('a.safetensors'), { matrix }, { metadata: { by: 'me' } })
  expect(plain(await loadSafetensors(at('a.safetensors')))).toEqual(whole)
  await saveNpy(pathToFileURL(at('a.npy')), matrix)
  expect(plain(await loadNpy(pathToFileURL(at('a.npy'))))).toEqual(whole.get('matrix'))
  await saveNpz(at('a.npz'), { matrix }, { compress: true })
  expect(plain(await loadNpz(at('a.npz')))).toEqual(whole)
  await saveTorch(at('a.pt'), { matrix })
  expect(plain(await loadTorch(at('a.pt')))).toEqual(whole)
  expect(plain(await loadTorchStateDict(at('a.pt')))).toEqual(whole)
  await writeFile(at('legacy.pt'), fixture('pt/legacy'))
  expect(await loadTorch(at('legacy.pt'))).toBeInstanceOf(Map)
  const generator = new Generator(3)
  await saveCheckpoint(at('a.checkpoint'), { generator, epoch: 2 })
  const expected = generator.random64()
  expect(await loadCheckpoint(at('a.checkpoint'), { generator })).toMatchObject({ epoch: 2 })
  expect(generator.random64()).toBe(expected)
  expect(await loadCheckpoint(at('a.checkpoint'))).toMatchObject({ epoch: 2 })
})

it('a safetensors file is read tensor by tensor', async () => {
  await saveSafetensors(at('b.safetensors'), { matrix })
  await using opened = await openSafetensorsFile(at('b.safetensors'))
  expect(opened.file.keys()).toEqual(['matrix'])
  expect((await opened.file.slice('matrix', [':', 1])).toArray()).toEqual([2, 4])
})

it('a failed write leaves the old file, and nothing else', async () => {
  await saveNpy(at('c.npy'), matrix)
  const before = await readFile(at('c.npy'))
  await expect(saveNpy(at('c.npy'), matrix.to('bfloat16'))).rejects.toThrow(
    'npy files hold no bfloat16',
  )
  expect(await readFile(at('c.npy'))).toEqual(before)
  expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

it('a file that shrinks while it is read is an error', async () => {
  await saveSafetensors(at('d.safetensors'), { matrix })
  await using opened = await openSafetensorsFile(at('d.safetensors'))
  await truncate(at('d.safetensors'), (await stat(at('d.safetensors'))).size - 5)
  await expect(opened.file.get('matrix')).rejects.toThrow(
    /'matrix' at \d+: 11 bytes came instead of 16/,
  )
})

it('files that are not there or broken are errors', async () => {
  await expect(loadSafetensors(at('absent'))).rejects.toThrow('ENOENT')
  await writeFile(at('broken'), 'x')
  await expect(openSafetensorsFile(at('broken'))).rejects.toThrow('safetensors: truncated')
  const source = await fileSource(at('broken'))
  expect([...(await source.read(0, 1))]).toEqual([0x78])
  await source.close()
})
