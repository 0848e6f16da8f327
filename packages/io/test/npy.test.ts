import '@sconce/backend-cpu'
import { tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { encodeNpy, encodeNpz, FormatError, readNpy, readNpz } from '../src/index.ts'
import { type FileName, fixture, plain } from './helpers.ts'

const matrix = [
  [0, 0.25, 0.5],
  [0.75, 1, 1.25],
]

describe('readNpy reads what numpy wrote', () => {
  const cases: [FileName, string, unknown][] = [
    ['npy/float32', 'float32', matrix],
    ['npy/version2', 'float32', matrix],
    ['npy/fortran', 'float32', matrix],
    ['npy/bigEndian', 'float64', matrix],
    ['npy/bigEndianInt', 'int16', [1, -2, 300]],
    ['npy/scalar', 'float64', 2.5],
    ['npy/empty', 'int32', []],
    ['npy/bool', 'bool', [true, false, true]],
    ['npy/float16', 'float16', [1, -0.5, Number.POSITIVE_INFINITY]],
    ['npy/int64', 'int64', [-(2n ** 62n), 7]],
    ['npy/int8', 'int8', [-128, 127]],
    ['npy/uint8', 'uint8', [0, 255]],
    ['npy/uint16', 'int32', [1, 65535]],
    ['npy/uint32', 'int64', [1, 2 ** 32 - 1]],
  ]
  it.each(cases)('%s', async (name, dtype, value) => {
    expect(plain(await readNpy(fixture(name)))).toEqual([dtype, value])
  })

  it('keeps Fortran order as strides', async () => {
    const t = await readNpy(fixture('npy/fortran'))
    expect([t.shape, t.strides]).toEqual([
      [2, 3],
      [1, 2],
    ])
    expect((await readNpy(fixture('npy/empty'))).shape).toEqual([0, 3])
  })

  it('refuses arrays that are no tensors', async () => {
    for (const [name, found] of [
      ['npy/uint64', "'<u8'"],
      ['npy/complex', "'<c16'"],
      ['npy/text', "'<U1'"],
      ['npy/object', "'|O'"],
      ['npy/struct', 'a structured type'],
    ] as const) {
      await expect(readNpy(fixture(name))).rejects.toThrow(`npy: arrays of ${found} are no tensors`)
    }
  })
})

describe('encodeNpy', () => {
  const names: FileName[] = [
    'npy/float32',
    'npy/scalar',
    'npy/empty',
    'npy/bool',
    'npy/float16',
    'npy/int64',
    'npy/int8',
    'npy/uint8',
  ]
  it.each(names)('gives numpy’s bytes of %s', async (name) => {
    expect(await encodeNpy(await readNpy(fixture(name)))).toEqual(fixture(name))
  })

  it('writes Fortran order', async () => {
    const t = tensor(matrix)
    expect(await encodeNpy(t, { fortranOrder: true })).toEqual(fixture('npy/fortran'))
    expect(await encodeNpy(t)).toEqual(fixture('npy/float32'))
  })

  it('has no bfloat16', async () => {
    await expect(encodeNpy(tensor([1], { dtype: 'bfloat16' }))).rejects.toThrow(
      'npy files hold no bfloat16',
    )
  })
})

describe('npz', () => {
  it('reads stored and deflated archives', async () => {
    expect(plain(await readNpz(fixture('npz/stored')))).toEqual(
      new Map([
        ['a', ['float32', matrix]],
        ['b', ['int64', [1, 2, 3]]],
      ]),
    )
    const compressed = await readNpz(fixture('npz/compressed'))
    expect(compressed.get('a')?.abs().sum().item()).toBe(0)
    expect(compressed.get('a')?.shape).toEqual([30, 10])
    expect(compressed.get('b')?.t().toArray()).toEqual(matrix)
  })

  it('reads back what it writes, and always writes the same', async () => {
    const tensors = { a: tensor(matrix), 'b/c': tensor([1n, 2n]), e: tensor([]) }
    for (const compress of [false, true]) {
      const bytes = await encodeNpz(tensors, { compress })
      expect(plain(await readNpz(bytes))).toEqual(
        new Map(Object.entries(tensors).map(([k, t]) => [k, plain(t)])),
      )
      expect(await encodeNpz(tensors, { compress })).toEqual(bytes)
    }
  })

  it('notices a wrong sum, and sizes that can’t be', async () => {
    const bytes = fixture('npz/stored')
    // In the middle of the first array.
    bytes[200] ^= 1
    await expect(readNpz(bytes)).rejects.toThrow("npz: 'a.npy' is corrupted: its checksum is wrong")
    const bomb = fixture('npz/compressed')
    const view = new DataView(bomb.buffer)
    const central = bomb.findIndex(
      (_, i) => i + 4 <= bomb.length && view.getUint32(i, true) === 0x02014b50,
    )
    view.setUint32(central + 24, 0xfffffff0, true)
    await expect(readNpz(bomb)).rejects.toThrow("'a.npy' can't have 4294967280 bytes")
    await expect(readNpz(new Uint8Array(100))).rejects.toThrow(
      'npz: no zip file, or a truncated one',
    )
  })
})

describe('malformed npy files', () => {
  function file(header: string, data = 8, version = 1): Uint8Array {
    const text = new TextEncoder().encode(header)
    const length =
      version === 1
        ? [text.length & 0xff, text.length >> 8]
        : [text.length & 0xff, text.length >> 8, 0, 0]
    return Uint8Array.of(
      0x93,
      0x4e,
      0x55,
      0x4d,
      0x50,
      0x59,
      version,
      0,
      ...length,
      ...text,
      ...new Uint8Array(data),
    )
  }
  const header = (descr: string, order = 'False', shape = '(2,)') =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}}`
  const cases: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(3), 'truncated: the magic string'],
    ['another magic', file(header("'<f4'")).fill(0, 0, 1), 'no npy file'],
    ['another version', file(header("'<f4'"), 8, 9), 'version 9.0 is unknown'],
    ['no dict', file('[1, 2]'), 'the header is no dict'],
    ['code', file("__import__('os')"), 'the header is no Python dict'],
    ['something behind', file(`${header("'<f4'")} 1`), 'the header is no Python dict'],
    ['a missing field', file("{'descr': '<f4', 'fortran_order': False}"), 'the shape is no tuple'],
    ['no order', file(header("'<f4'", '0')), 'fortran_order is no bool'],
    ['a negative size', file(header("'<f4'", 'False', '(-1,)')), 'the header is no Python dict'],
    [
      'a huge size',
      file(header("'<f4'", 'False', '(99999999999999999999,)')),
      'the shape is no tuple',
    ],
    [
      'a size beyond the file',
      file(header("'<f4'", 'False', '(3,)')),
      'truncated: the array of shape [3]',
    ],
    [
      'sizes that overflow',
      file(header("'<f4'", 'False', '(4503599627370496, 4503599627370496)')),
      'truncated: the array',
    ],
    ['deep nesting', file('['.repeat(1000)), 'the header is no Python dict'],
  ]
  it.each(cases)('%s', async (_, bytes, message) => {
    const read = readNpy(bytes)
    await expect(read).rejects.toThrow(FormatError)
    await expect(read).rejects.toThrow(`npy: ${message}`)
  })
})
