import { init, randn } from 'sconce'
import { expect, it } from 'vitest'
import { startingNetwork } from '../src/modules.ts'
import { decode, encode } from '../src/weights.ts'

it.each(['cpu', 'wasm'])(
  'a network that was saved on %s is the same when loaded',
  async (device) => {
    await init(device)
    const net = startingNetwork()
    const loaded = await decode(await encode(net))
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
  const bytes = await encode(startingNetwork())
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  expect(header.__metadata__).toEqual({ format: 'pt' })
  expect(header['hidden.weight']).toMatchObject({ dtype: 'F32', shape: [32, 3] })
  expect(header['output.bias']).toMatchObject({ dtype: 'F32', shape: [1] })
  expect(bytes.length).toBe(8 + length + 4 * (32 * 3 + 32 + 32 + 1))
})
