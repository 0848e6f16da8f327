import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { init, randn } from 'sconce'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startingNetwork } from '../src/modules.ts'
import { load, save } from '../src/weights.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sconce-'))
})
afterEach(() => rm(directory, { recursive: true }))

it.each(['cpu', 'wasm'])(
  'a network that was saved on %s is the same when loaded',
  async (device) => {
    await init(device)
    const path = join(directory, 'network.safetensors')
    const net = startingNetwork()
    await save(path, net)
    const loaded = await load(path)
    expect([...loaded.stateDict().keys()]).toEqual([
      'hidden.weight',
      'hidden.bias',
      'output.weight',
      'output.bias',
    ])
    for (const [name, t] of loaded.stateDict()) {
      expect(t.toArray()).toEqual(net.getParameter(name).toArray())
    }
    const x = randn(5, 3)
    expect(loaded.call(x).toArray()).toEqual(net.call(x).toArray())
  },
)

it('the file has names and shapes as PyTorch has them', async () => {
  await init('cpu')
  const path = join(directory, 'network.safetensors')
  await save(path, startingNetwork())
  const bytes = await readFile(path)
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString())
  expect(header.__metadata__).toEqual({ format: 'pt' })
  expect(header['hidden.weight']).toMatchObject({ dtype: 'F32', shape: [32, 3] })
  expect(header['output.bias']).toMatchObject({ dtype: 'F32', shape: [1] })
  expect(bytes.length).toBe(8 + length + 4 * (32 * 3 + 32 + 32 + 1))
})
