import '@sconce/autograd'
import '@sconce/backend-cpu'
import { type Tensor, tensor } from '@sconce/core'
import { describe, expect, it, vi } from 'vitest'
import {
  asObjects,
  encodeTorch,
  readTorch,
  readTorchStateDict,
  type TorchValue,
} from '../src/index.ts'
import { fixture, plain } from './helpers.ts'

type Dict = Map<string, TorchValue>
const dict = (value: TorchValue | undefined): Dict => {
  if (!(value instanceof Map)) expect.unreachable('no dict')
  return value as Dict
}

const stateDict = new Map<string, unknown>([
  [
    '0.weight',
    [
      'float32',
      [
        [0, 0.125],
        [0.25, 0.375],
        [0.5, 0.625],
      ],
    ],
  ],
  ['0.bias', ['float32', [1, 1.125, 1.25]]],
  ['1.weight', ['float32', [2, 2.125, 2.25]]],
  ['1.bias', ['float32', [3, 3.125, 3.25]]],
])

describe('readTorch reads what torch.save wrote', () => {
  it('state dicts', async () => {
    const state = await readTorchStateDict(fixture('pt/stateDict'))
    expect([...state.keys()]).toEqual([
      ...stateDict.keys(),
      '1.running_mean',
      '1.running_var',
      '1.num_batches_tracked',
    ])
    // Adam has moved them by 0.01 at most.
    for (const [name, value] of stateDict) {
      const [dtype, elements] = value as [string, number[]]
      const t = state.get(name) as Tensor
      expect(t.dtype).toBe(dtype)
      expect(t.sub(tensor(elements)).abs().max().item()).toBeLessThanOrEqual(0.0101)
      expect(t.requiresGrad).toBe(false)
    }
    expect(plain(state.get('1.num_batches_tracked'))).toEqual(['int64', 1])
  })

  it('optimizers beside the model', async () => {
    const { model, optimizer } = Object.fromEntries(dict(await readTorch(fixture('pt/optimizer'))))
    expect(dict(model).size).toBe(7)
    const state = dict(optimizer).get('state') as unknown as Map<number, Dict>
    expect([...state.keys()]).toEqual([0, 1, 2, 3])
    expect([...(state.get(0)?.keys() ?? [])]).toEqual(['step', 'exp_avg', 'exp_avg_sq'])
    expect(plain(state.get(3)?.get('step'))).toEqual(['float32', 1])
    const [group] = dict(optimizer).get('param_groups') as Dict[]
    expect([group.get('lr'), group.get('betas'), group.get('params')]).toEqual([
      0.01,
      [0.9, 0.999],
      [0, 1, 2, 3],
    ])
    const named = await readTorchStateDict(fixture('pt/optimizer'), { key: 'model' })
    expect([...named.keys()]).toEqual([...dict(model).keys()])
  })

  it.each(['pt/everything', 'pt/protocol4', 'pt/legacy'] as const)(
    'everything of %s',
    async (name) => {
      const all = dict(await readTorch(fixture(name)))
      const views = all.get('views') as Tensor[]
      const row = Array.from({ length: 12 }, (_, i) => i)
      expect(views.map((t) => t.toArray())).toEqual([
        [row.slice(0, 4), row.slice(4, 8), row.slice(8)],
        [0, 1, 2, 3].map((i) => [i, i + 4, i + 8]),
        row.slice(5),
        [0, 2, 4, 6, 8, 10],
        [
          [2, 2],
          [2, 2],
        ],
      ])
      expect(views.map((t) => t.strides)).toEqual([[4, 1], [1, 4], [1], [2], [0, 0]])
      // Those that shared a storage do so again.
      views[0].zero_()
      expect(views[3].toArray()).toEqual([0, 0, 0, 0, 0, 0])
      expect(plain(all.get('dtypes'))).toEqual(
        new Map<string, unknown>([
          ['f64', ['float64', [1.5, -2.25]]],
          ['f16', ['float16', [1, 65504]]],
          ['bf16', ['bfloat16', [1, 3.140625]]],
          ['i64', ['int64', [-(2n ** 62n), 7]]],
          ['i32', ['int32', [[-(2 ** 31)], [5]]]],
          ['i16', ['int16', [-300, 300]]],
          ['i8', ['int8', [-128, 127]]],
          ['u8', ['uint8', [0, 255, 3]]],
          ['bool', ['bool', [true, false, true]]],
          ['empty', ['float32', []]],
        ]),
      )
      const parameter = all.get('parameter') as Tensor
      expect([plain(parameter), parameter.requiresGrad]).toEqual([['float32', [1, 2]], true])
      expect(all.get('plain')).toEqual([
        null,
        true,
        false,
        0,
        -1,
        255,
        65536,
        -(2 ** 31),
        2 ** 40,
        2n ** 70n,
        -(2n ** 70n),
        0.1,
        Number.POSITIVE_INFINITY,
        'é',
        Uint8Array.of(0, 255),
      ])
      expect(all.get('collections')).toEqual([
        [],
        [1],
        [1, 2],
        [1, 2, 3],
        [1, 2, 3, 4],
        new Map([['a', 1]]),
        new Map([[1, 2]]),
        new Set([3]),
      ])
      expect(all.get('torch')).toEqual([[2, 3], 'torch.float16', 'cuda:1', 'cpu'])
    },
  )
})

it('asObjects makes objects of dicts with texts as keys', async () => {
  const file = await readTorch(fixture('pt/optimizer'))
  const { optimizer } = asObjects(file) as { optimizer: Record<string, unknown> }
  expect(optimizer).toMatchObject({ param_groups: [{ lr: 0.01, params: [0, 1, 2, 3] }] })
  expect([...(optimizer.state as Map<number, object>).keys()]).toEqual([0, 1, 2, 3])
})

describe('files that hold more than state', () => {
  it('executes nothing', async () => {
    const log = vi.spyOn(console, 'log')
    await expect(readTorch(fixture('pt/evil'))).rejects.toThrow(
      /PyTorch file: the file refers to (__builtin__|builtins)\.print, which is not among what a state dict needs/,
    )
    expect(log).not.toHaveBeenCalled()
  })

  it.each([
    ['pt/wholeModel', 'the file refers to torch.nn.modules.linear.Linear'],
    ['pt/sparse', 'the file refers to torch._utils._rebuild_sparse_tensor'],
    ['pt/complex', 'the file refers to torch.ComplexFloatStorage'],
    ['pt/script', 'a TorchScript archive: save `model.state_dict()`'],
  ] as const)('refuses %s', async (name, message) => {
    await expect(readTorch(fixture(name))).rejects.toThrow(`PyTorch file: ${message}`)
  })

  it('says what is no state dict', async () => {
    const file = fixture('pt/optimizer')
    await expect(readTorchStateDict(file)).rejects.toThrow(
      "the file is no state dict: 'model' is no tensor",
    )
    await expect(readTorchStateDict(file, { key: 'x' })).rejects.toThrow(
      "'x' is no state dict: no dict",
    )
  })
})

describe('encodeTorch', () => {
  it('reads back what it writes', async () => {
    const base = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const value = {
      base,
      column: base.at(':', 1),
      half: tensor([1.5], { dtype: 'bfloat16' }),
      numbers: [
        0,
        -1,
        2 ** 31,
        -(2 ** 31) - 1,
        2 ** 53,
        2n ** 70n,
        -(2n ** 70n),
        0.1,
        -0,
        Number.NaN,
      ],
      texts: ['', 'é', 'x'.repeat(300)],
      state: { 0: { step: 3 }, '00': 1 },
      none: undefined,
      map: new Map<unknown, unknown>([
        ['1', true],
        [2, null],
      ]),
    }
    const back = dict(await readTorch(await encodeTorch(value)))
    expect(back.get('numbers')).toEqual(value.numbers)
    expect(back.get('texts')).toEqual(value.texts)
    expect(back.get('state')).toEqual(
      new Map<unknown, unknown>([
        [0, new Map([['step', 3]])],
        ['00', 1],
      ]),
    )
    expect(back.get('map')).toEqual(value.map)
    expect(back.get('none')).toBeNull()
    expect(plain(back.get('half'))).toEqual(['bfloat16', [1.5]])
    const [readBase, column] = [back.get('base'), back.get('column')] as Tensor[]
    expect(column.strides).toEqual([3])
    readBase.zero_()
    expect(column.toArray()).toEqual([0, 0])
  })

  it('refuses what a file can’t hold', async () => {
    const refused: [unknown, string][] = [
      [{ a: [() => 1] }, "value.a[0]: a PyTorch file can't hold a function"],
      [new Date(), "value: a PyTorch file can't hold a Date"],
      [new Map([[{}, 1]]), 'value: keys of a dict are texts, numbers or booleans'],
    ]
    for (const [value, message] of refused) {
      await expect(encodeTorch(value)).rejects.toThrow(message)
    }
  })
})

describe('broken pickles', () => {
  /** An old file with this as the pickle of its value. */
  const legacy = (...pickle: number[]) => {
    const head = fixture('pt/legacy')
    const magic = head.subarray(0, 15)
    // 1001, and a dict without anything.
    return Uint8Array.of(...magic, 0x80, 2, 0x4d, 0xe9, 3, 0x2e, 0x7d, 0x2e, ...pickle)
  }
  const text = (s: string) => [...s].map((c) => c.charCodeAt(0))
  const cases: [string, number[], string][] = [
    ['an unknown opcode', [0xff], 'the pickle has the unknown opcode 255'],
    ['an empty stack', [0x52], 'the pickle takes from an empty stack'],
    ['no mark', [0x74], 'the pickle has no mark'],
    ['nothing in the memo', [0x68, 7], 'the pickle has no value 7'],
    [
      'a call of a number',
      [0x4b, 1, 0x29, 0x52],
      'the pickle calls what is no function of a state dict',
    ],
    [
      'a call of a class',
      [...text('ctorch\nFloatStorage\n'), 0x29, 0x52],
      'the pickle calls what is no function of a state dict',
    ],
    [
      'a state of a list',
      [0x5d, 0x7d, 0x62],
      'the pickle sets the state of what is no part of a state dict',
    ],
    [
      'items of a number',
      [0x4b, 1, 0x4b, 1, 0x4b, 1, 0x73],
      'the pickle sets items of what is no dict',
    ],
    [
      'a key without a value',
      [0x7d, 0x28, 0x4b, 1, 0x75],
      'the pickle sets an item without a value',
    ],
    ['an item of a number', [0x4b, 1, 0x4b, 1, 0x61], 'the pickle appends to what is no list'],
    ['no storage', [0x4b, 1, 0x51], 'a persistent id is no storage'],
    ['a long integer', [0x8b, 0, 0, 0, 1], 'an integer of 16777216 bytes'],
    ['no UTF-8', [0x8c, 1, 0xff], 'a string is not UTF-8'],
    ['a string without end', [0x58, 255, 255, 255, 255], 'truncated: the pickles have no end'],
    [
      'a global of the prototype',
      text('cconstructor\nconstructor\n'),
      'the file refers to constructor.constructor',
    ],
    [
      'a tensor without a storage',
      [...text('ctorch._utils\n_rebuild_tensor_v2\n'), 0x29, 0x52],
      '_rebuild_tensor_v2: no storage',
    ],
    ['a mark as the value', [0x28, 0x2e, 0x5d, 0x2e], 'a mark is left on the stack'],
  ]
  it.each(cases)('%s', async (_, pickle, message) => {
    await expect(readTorch(legacy(...pickle))).rejects.toThrow(message)
  })

  it('deep nesting and copies of copies', async () => {
    const deep = legacy(...Array(5000).fill(0x5d), ...Array(4999).fill(0x61), 0x2e, 0x5d, 0x2e)
    await expect(readTorch(deep)).rejects.toThrow('values are nested more than 200 deep')
    // A list of 100 pairs, of which each further byte or two make a dict.
    const pairs = [
      0x5d,
      0x28,
      ...Array(100).fill([0x4b, 1, 0x4b, 1, 0x86]).flat(),
      0x65,
      0x85,
      0x71,
      0,
    ]
    const copies = Array(1000)
      .fill([...text('ccollections\nOrderedDict\n'), 0x68, 0, 0x52, 0x30])
      .flat()
    await expect(readTorch(legacy(...pairs, ...copies, 0x2e, 0x5d, 0x2e))).rejects.toThrow(
      'the pickle makes more copies than its size accounts for',
    )
  })
})
