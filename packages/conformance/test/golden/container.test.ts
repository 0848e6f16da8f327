import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decodeTensor } from '../../src/compare/decode.ts'
import { decodeGroup, gunzip } from '../../src/golden/container.ts'
import { encodeGroup } from '../../src/golden/encode.ts'
import type { GoldenTensor } from '../../src/golden/types.ts'

const base64 = (array: ArrayBufferView<ArrayBuffer>) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')

const long = base64(new Float32Array([1, -0, Number.NaN, 2 ** -149]))
const tensor: GoldenTensor = { t: 'tensor', dtype: 'float32', shape: [2, 2], data: long }
const files = [
  {
    text: 'a "quoted" \u0000 text',
    zero: { t: 'float', v: -0 },
    a: tensor,
    // The same elements again: stored once.
    b: { ...tensor, shape: [4] },
    ints: { dtype: 'int64', shape: [1], data: base64(new BigInt64Array([-(2n ** 62n)])) },
    empty: { t: 'tensor', dtype: 'bool', shape: [0, 3], data: '' },
  },
  {
    view: {
      t: 'tensor',
      dtype: 'int16',
      shape: [2, 2],
      data: base64(new Int16Array([1, 3, 2, 4])),
      noncontiguous: true,
      stride: [1, 2],
      offset: 1,
      storage: base64(new Int16Array([9, 1, 2, 3, 4])),
    },
    dtype: { t: 'dtype', v: 'float32' },
  },
]

interface Decoded {
  [name: string]: GoldenTensor
}
const decoded = () => decodeGroup(encodeGroup(files)) as [Decoded, Decoded]

test('elements come back bit by bit, with shapes and everything else around them', () => {
  const [first, second] = decoded()
  expect(decodeTensor(first.a)).toEqual({
    dtype: 'float32',
    shape: [2, 2],
    data: new Float32Array([1, -0, Number.NaN, 2 ** -149]),
  })
  expect(decodeTensor(first.b).data).toEqual(decodeTensor(first.a).data)
  expect(decodeTensor(first.ints).data).toEqual(new BigInt64Array([-(2n ** 62n)]))
  expect(decodeTensor(first.empty)).toEqual({
    dtype: 'bool',
    shape: [0, 3],
    data: new Uint8Array(0),
  })
  expect(first.text).toBe('a "quoted" \u0000 text')
  expect(first.zero).toEqual({ t: 'float', v: -0 })
  expect(second.dtype).toEqual({ t: 'dtype', v: 'float32' })
})

test('a strided view keeps its storage; its contiguous copy is made from it', () => {
  const { view } = decoded()[1]
  expect(view.data).toBeUndefined()
  expect(decodeTensor(view)).toEqual({
    dtype: 'int16',
    shape: [2, 2],
    stride: [1, 2],
    offset: 1,
    storage: new Int16Array([9, 1, 2, 3, 4]),
    data: new Int16Array([1, 3, 2, 4]),
  })
})

test('repeated elements take room once', () => {
  const size = (n: number) => encodeGroup([Array.from({ length: n }, () => tensor)]).length
  // The first copy has `-1` for its place, the others `0`; a further one adds JSON alone.
  expect(size(3) - size(2)).toBe(JSON.stringify({ ...tensor, data: 0 }).length + 1)
})

test('bytes that do not fit the shape are refused', () => {
  expect(() => encodeGroup([{ ...tensor, shape: [3] }])).toThrow('float32 [3] has 16 bytes, not 12')
})

test('gzip is undone by the platform', async () => {
  const bytes = new Uint8Array([1, 2, 3, 250])
  expect(await gunzip(new Uint8Array(gzipSync(bytes)))).toEqual(bytes)
})
