import '@sconce/autograd'
import '@sconce/backend-cpu'
import { arange } from '@sconce/core'
import { expect, it } from 'vitest'
import {
  encodeNpz,
  encodeTorch,
  openSafetensors,
  readNpz,
  readTorchStateDict,
  safetensorsChunks,
} from '../src/index.ts'

const matrix = arange(0, 6).view([2, 3])

it('files of a page are written to and read from blobs', async () => {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of safetensorsChunks({ matrix })) chunks.push(chunk.slice())
  const file = await openSafetensors(new File(chunks, 'a.safetensors'))
  expect((await file.slice('matrix', [':', 1])).toArray()).toEqual([1, 4])

  const npz = await readNpz(new Blob([await encodeNpz({ matrix }, { compress: true })]))
  expect(npz.get('matrix')?.toArray()).toEqual(matrix.toArray())

  const state = await readTorchStateDict(new Blob([await encodeTorch({ matrix })]))
  expect(state.get('matrix')?.toArray()).toEqual(matrix.toArray())
})
