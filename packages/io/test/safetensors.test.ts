import '@sconce/backend-cpu'
import { arange, type Tensor, tensor, zeros } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import {
  type ByteSource,
  encodeSafetensors,
  FormatError,
  openSafetensors,
  readSafetensors,
  safetensorsChunks,
} from '../src/index.ts'
import { fixture, plain } from './helpers.ts'

/** What the fixture holds. */
const expected = new Map<string, unknown>([
  [
    'f32',
    [
      'float32',
      [
        [0, 0.25, 0.5],
        [0.75, 1, 1.25],
      ],
    ],
  ],
  ['f64', ['float64', [1.5, -2.25]]],
  ['f16', ['float16', [1, 65504]]],
  ['bf16', ['bfloat16', [1, 3.140625]]],
  ['i64', ['int64', [-(2n ** 62n), 7]]],
  ['i32', ['int32', [[-(2 ** 31)], [5]]]],
  ['i16', ['int16', [-300, 300]]],
  ['i8', ['int8', [-128, 127]]],
  ['u8', ['uint8', [0, 255, 3]]],
  ['bool', ['bool', [true, false, true]]],
  ['scalar', ['float32', 3.5]],
  ['empty', ['float32', []]],
])

/** A file with this header, or text of one, and data. */
function file(header: unknown, data = new Uint8Array(0), length?: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  )
  const out = new Uint8Array(8 + json.length + data.length)
  new DataView(out.buffer).setBigUint64(0, BigInt(length ?? json.length), true)
  out.set(json, 8)
  out.set(data, 8 + json.length)
  return out
}

describe('reading', () => {
  it('reads what the reference implementation wrote', async () => {
    const opened = await openSafetensors(fixture('safetensors/all'))
    expect(opened.metadata).toEqual(new Map([['format', 'pt']]))
    expect(new Set(opened.keys())).toEqual(new Set(expected.keys()))
    expect(opened.info('f32')).toMatchObject({ dtype: 'F32', shape: [2, 3] })
    expect(plain(await opened.load())).toEqual(expected)
    expect((await opened.get('empty')).shape).toEqual([0, 4])
    expect((await readSafetensors(fixture('safetensors/none'))).size).toBe(0)
  })

  it('reads from buffers, blobs and sources', async () => {
    const bytes = fixture('safetensors/all')
    // A view that starts where no element is aligned.
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    for (const input of [bytes.buffer, new Blob([bytes]), shifted.subarray(1)]) {
      expect(plain(await readSafetensors(input))).toEqual(expected)
    }
    await expect(openSafetensors('file' as never)).rejects.toThrow('expected an ArrayBuffer')
  })

  it('reads the types that are no dtypes as far as it can', async () => {
    const header = {
      u16: { dtype: 'U16', shape: [2], data_offsets: [0, 4] },
      u32: { dtype: 'U32', shape: [1], data_offsets: [4, 8] },
      f8: { dtype: 'F8_E4M3', shape: [2], data_offsets: [8, 10] },
      f4: { dtype: 'F4', shape: [2], data_offsets: [10, 11] },
    }
    const data = Uint8Array.of(1, 0, 255, 255, 255, 255, 255, 255, 7, 8, 9)
    const opened = await openSafetensors(file(header, data))
    expect(plain(await opened.get('u16'))).toEqual(['int32', [1, 65535]])
    expect(plain(await opened.get('u32'))).toEqual(['int64', [2 ** 32 - 1]])
    await expect(opened.get('f8')).rejects.toThrow(
      "safetensors: 'f8' is F8_E4M3, which no tensor can be; `bytes` reads it raw",
    )
    expect([...(await opened.bytes('f8')), ...(await opened.bytes('f4'))]).toEqual([7, 8, 9])
    expect(() => opened.info('g')).toThrow('File does not contain tensor g')
  })
})

describe('slices', () => {
  const cube = arange(0, 120, { dtype: 'int32' }).view([4, 5, 6])

  /** A source that counts what is read of it. */
  const counted = (bytes: Uint8Array): ByteSource & { reads: number; bytes: number } => ({
    size: bytes.length,
    reads: 0,
    bytes: 0,
    async read(offset, length) {
      this.reads++
      this.bytes += length
      return bytes.subarray(offset, offset + length)
    },
  })

  it('are those of indexing', async () => {
    const opened = await openSafetensors(await encodeSafetensors({ cube }))
    const cases: [(number | string)[], Tensor][] = [
      [[], cube],
      [[1], cube.at(1)],
      [[-1, 2, 3], cube.at(-1, 2, 3)],
      [['1:3'], cube.at('1:3')],
      [[':', '2:4'], cube.at(':', '2:4')],
      [['1:3', 4, '-4:-1'], cube.at('1:3', 4, '-4:-1')],
      [[':', ':', 0], cube.at(':', ':', 0)],
      [['3:1'], cube.at('3:1')],
      [['-100:100', ' : ', '4:'], cube.at(':', ':', '4:')],
    ]
    for (const [items, want] of cases) {
      const slice = await opened.slice('cube', items)
      expect(slice.shape).toEqual(want.shape)
      expect(slice.toArray()).toEqual(want.toArray())
    }
    const { slice } = { slice: opened.slice.bind(opened) }
    await expect(slice('cube', [4])).rejects.toThrow(
      'index 4 is out of bounds for dimension 0 with size 4',
    )
    await expect(slice('cube', ['::2'])).rejects.toThrow("'::2' is no range")
    await expect(slice('cube', [0, 0, 0, 0])).rejects.toThrow(
      'too many indices for tensor of dimension 3',
    )
    await expect(slice('cube', [0.5])).rejects.toThrow('a slice has integers and ranges')
  })

  it('read little more than they need, in few steps', async () => {
    const rows = zeros([1000, 1000])
    const source = counted(await encodeSafetensors({ rows, x: tensor([1]) }))
    const opened = await openSafetensors(source)
    const [headerBytes, headerReads] = [source.bytes, source.reads]
    expect(headerBytes).toBeLessThan(300)
    await opened.get('x')
    await opened.slice('rows', ['10:20'])
    expect(source.bytes - headerBytes).toBe(4 + 10 * 4000)
    expect(source.reads - headerReads).toBe(2)
    // A column lies across the rows, which are near enough to be read through.
    const before = source.reads
    expect((await opened.slice('rows', [':', 3])).shape).toEqual([1000])
    expect(source.reads - before).toBe(1)
  })
})

describe('writing', () => {
  const state = async () => readSafetensors(fixture('safetensors/all'))

  it('gives the bytes of the reference implementation', async () => {
    const metadata = { format: 'pt' }
    expect(await encodeSafetensors(await state(), { metadata })).toEqual(fixture('safetensors/all'))
    expect(await encodeSafetensors({})).toEqual(fixture('safetensors/none'))
  })

  it('writes views as they are seen', async () => {
    const matrix = tensor([
      [1, 2],
      [3, 4],
    ])
    const back = await readSafetensors(
      await encodeSafetensors({
        t: matrix.t(),
        row: matrix.at(1),
        wide: matrix.at(0).expand([2, 2]),
      }),
    )
    expect(plain(back)).toEqual(
      new Map([
        ['row', ['float32', [3, 4]]],
        [
          't',
          [
            'float32',
            [
              [1, 3],
              [2, 4],
            ],
          ],
        ],
        [
          'wide',
          [
            'float32',
            [
              [1, 2],
              [1, 2],
            ],
          ],
        ],
      ]),
    )
  })

  it('streams tensors that are larger than a chunk', async () => {
    const large = arange(0, 9_000_000, { dtype: 'int32' })
    const sizes: number[] = []
    const chunks: Uint8Array[] = []
    for await (const chunk of safetensorsChunks({ large })) {
      sizes.push(chunk.length)
      chunks.push(chunk)
    }
    expect(sizes.slice(1)).toEqual([2 ** 25, 36_000_000 - 2 ** 25])
    const opened = await openSafetensors(new Blob(chunks as Uint8Array<ArrayBuffer>[]))
    expect((await opened.slice('large', ['8388606:8388610'])).toArray()).toEqual([
      8388606, 8388607, 8388608, 8388609,
    ])
  })

  it('takes names of all sorts, each once', async () => {
    const names = ['__proto__', '1', 'ä"\\', 'constructor']
    const back = await readSafetensors(
      await encodeSafetensors(names.map((name, i) => [name, tensor(i)] as const)),
    )
    expect(names.map((name) => back.get(name)?.item())).toEqual([0, 1, 2, 3])
    const twice = [
      ['a', tensor(1)],
      ['a', tensor(2)],
    ] as const
    await expect(encodeSafetensors(twice)).rejects.toThrow("two tensors are named 'a'")
    await expect(encodeSafetensors({ __metadata__: tensor(1) })).rejects.toThrow(
      "'__metadata__' is no name for a tensor",
    )
  })
})

describe('malformed files', () => {
  const one = (info: object, data = 4) =>
    file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...info } }, new Uint8Array(data))
  const cases: [string, Uint8Array<ArrayBuffer>, string][] = [
    [
      'nothing',
      new Uint8Array(0),
      'truncated: the header’s length at 0 takes 8 bytes, the file has 0',
    ],
    [
      'a header beyond the end',
      file('{}', new Uint8Array(0), 3),
      'truncated: a header of 3 bytes in a file of 10',
    ],
    [
      'a huge header',
      file('{}', new Uint8Array(0), 2 ** 52),
      'a header of 4503599627370496 bytes (limit: 100000000)',
    ],
    ['no object', file('[]'), "the header doesn't start with '{'"],
    ['space before it', file(' {}'), "the header doesn't start with '{'"],
    ['no JSON', file('{"a":}'), 'the header is not JSON'],
    ['no text', file('{"\u0000'), 'the header is not JSON'],
    [
      'a name twice',
      file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":1}'),
      "the header has the key 'a' twice",
    ],
    [
      'a field twice',
      file('{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      "the header has the key 'dtype' twice",
    ],
    ['no info', file({ a: 1 }), "'a' is no object"],
    ['null', file({ a: null }), "'a' is no object"],
    ['an unknown dtype', one({ dtype: 'F31' }), `'a' has the unknown dtype "F31"`],
    [
      'an inherited dtype',
      one({ dtype: 'constructor' }),
      `'a' has the unknown dtype "constructor"`,
    ],
    ['an unknown field', one({ more: 1 }), "'a' has an unknown field 'more'"],
    ['a negative size', one({ shape: [-1] }), "'a': the shape is no list of at most 64 sizes"],
    ['a fractional size', one({ shape: [0.5] }), "'a': the shape is no list of at most 64 sizes"],
    ['a shape that is none', one({ shape: '1' }), "'a': the shape is no list of at most 64 sizes"],
    [
      'too many dims',
      one({ shape: Array(65).fill(1) }),
      "'a': the shape is no list of at most 64 sizes",
    ],
    [
      'a size that overflows',
      one({ shape: [2 ** 40, 2 ** 40] }),
      "'a': F32 of shape [1099511627776,1099511627776] takes NaN bytes, not 4",
    ],
    ['offsets that are none', one({ data_offsets: [0] }), "'a': data_offsets is no range"],
    ['offsets in reverse', one({ data_offsets: [4, 0] }), "'a': data_offsets is no range"],
    ['negative offsets', one({ data_offsets: [-4, 0] }), "'a': data_offsets is no range"],
    [
      'a size that is not the shape’s',
      one({ shape: [2] }),
      "'a': F32 of shape [2] takes 8 bytes, not 4",
    ],
    [
      'half a byte',
      one({ dtype: 'F4', shape: [7], data_offsets: [0, 4] }),
      "'a': F4 of shape [7] takes 3.5 bytes, not 4",
    ],
    [
      'a gap',
      one({ data_offsets: [4, 8] }, 8),
      "'a' starts at 4 instead of 0: tensors overlap or leave a gap",
    ],
    ['bytes left over', one({}, 5), 'the tensors take 4 bytes, the file has 5 for them'],
    ['bytes missing', one({}, 3), 'the tensors take 4 bytes, the file has 3 for them'],
    [
      'an overlap',
      file(
        {
          a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
          b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] },
        },
        new Uint8Array(3),
      ),
      "'b' starts at 1 instead of 2",
    ],
    ['metadata that is no object', file({ __metadata__: [] }), '__metadata__ is no object'],
    [
      'metadata that is no string',
      file({ __metadata__: { a: 1 } }),
      "__metadata__: 'a' is no string",
    ],
  ]
  it.each(cases)('%s', async (_, bytes, message) => {
    const error = await openSafetensors(bytes).then(
      () => expect.unreachable('it opened'),
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(FormatError)
    expect(error).toMatchObject({ name: 'FormatError', format: 'safetensors' })
    expect((error as Error).message).toContain(`safetensors: ${message}`)
  })

  it('bytes that are no UTF-8', async () => {
    const bytes = file('{"a":1}')
    bytes[10] = 0xff
    await expect(openSafetensors(bytes)).rejects.toThrow('safetensors: the header is not UTF-8')
  })

  it('long strings and deep nesting', async () => {
    const long = file({ __metadata__: { a: '"\\'.repeat(1_000_000) } })
    expect((await openSafetensors(long)).metadata.get('a')?.length).toBe(2_000_000)
    const deep = file(`{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`)
    await expect(openSafetensors(deep)).rejects.toThrow(FormatError)
  })

  it('a source that gives less than it promised', async () => {
    const source = { size: 100, read: async () => new Uint8Array(3) }
    await expect(openSafetensors(source)).rejects.toThrow('3 bytes came instead of 8')
  })
})
