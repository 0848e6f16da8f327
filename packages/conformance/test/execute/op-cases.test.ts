import { CpuBackend } from '@sconce/backend-cpu'
import { describe, expect, test } from 'vitest'
import { casesOfOp } from '../../src/execute/op-cases.ts'
import { makeSuite } from '../../src/execute/suite.ts'
import type { Golden } from '../../src/golden/golden.ts'
import type { OpFile } from '../../src/golden/types.ts'
import type { Result } from '../../src/report/result.ts'
import { run } from '../../src/runner.ts'
import { float, int, opFile, tensor } from './golden.ts'

const goldenOf = (file: OpFile): Golden => ({
  origin: 'test',
  ops: [file.op],
  programs: [],
  op: async () => file,
  program: () => Promise.reject(new Error('there are no programs')),
  rng: async () => undefined,
})

let devices = 0

/** Results of the cases of a file, by what follows its name in their ids. */
async function outcomes(file: OpFile): Promise<Record<string, [Result['status'], string]>> {
  const backend = new CpuBackend({ name: `cpu ${devices++}` })
  const suite = await makeSuite(backend, goldenOf(file), [`ops/${file.op}/*`])
  const cases = suite.cases.filter(({ id }) => id.startsWith('ops/'))
  const found: Record<string, [Result['status'], string]> = {}
  for await (const { id, status, message } of run({ ...suite, cases }))
    found[id.replace(`ops/${file.op}/`, '')] = [status, message]
  return found
}

const addition = { args: [tensor([1, 2]), tensor([3, 5])], out: tensor([4, 7]) }

describe('forward', () => {
  test('the result is PyTorch’s, or it fails', async () => {
    expect(await outcomes(opFile('torch.add', addition))).toEqual({ 1: ['pass', ''] })
    const wrong = { ...addition, out: tensor([4, 8]) }
    expect((await outcomes(opFile('torch.add', wrong)))[1]).toEqual([
      'fail',
      expect.stringContaining('first at [1]: expected 8, got 7'),
    ])
  })

  test('keyword arguments are options in camelCase; floats and ints stay apart', async () => {
    const scaled = { args: addition.args, kwargs: { alpha: int(2) }, out: tensor([7, 12]) }
    expect((await outcomes(opFile('torch.add', scaled)))[1][0]).toBe('pass')
    const ints = tensor([1, 2], [2], 'int32')
    const halves = { args: [ints, float(2)], out: tensor([3, 4]) }
    expect((await outcomes(opFile('torch.add', halves)))[1]).toEqual(['pass', ''])
    const whole = { args: [ints, int(2)], out: tensor([3, 4], [2], 'int32') }
    expect((await outcomes(opFile('torch.add', whole)))[1]).toEqual(['pass', ''])
  })

  test('an op that the library lacks is a failure', async () => {
    const { 1: found } = await outcomes(opFile('torch.no_such_thing', addition))
    expect(found).toEqual(['fail', 'no such op: torch.no_such_thing'])
  })

  test('a view is a view, and a copy a copy', async () => {
    const x = tensor([1, 2, 3, 4], [2, 2])
    const turned = { args: [x], out: tensor([1, 3, 2, 4], [2, 2]), alias: ['args.0'] }
    expect((await outcomes(opFile('torch.t', turned)))[1]).toEqual(['pass', ''])
    expect((await outcomes(opFile('torch.t', { ...turned, alias: undefined })))[1][1]).toBe(
      'output 0 shares the storage of args.0; it is to be a copy',
    )
    const copied = { args: [x], out: x, alias: ['args.0'] }
    expect((await outcomes(opFile('torch.clone', copied)))[1][1]).toBe(
      'output 0 is to be a view of args.0; it is a copy',
    )
    const second = { args: [x, int(0), int(1)], out: tensor([3, 4]), alias: ['args.0'] }
    expect((await outcomes(opFile('torch.select', { ...second, out_offset: [2] })))[1][0]).toBe(
      'pass',
    )
    expect((await outcomes(opFile('torch.select', { ...second, out_offset: [1] })))[1][1]).toBe(
      'output 0 starts at 2 of its storage, not at 1',
    )
  })

  test('arguments change just where PyTorch changes them', async () => {
    const x = tensor([1, 2])
    const zeroed = { args: [x], out: tensor([0, 0]), alias: ['args.0'] }
    const mutated = { 'args.0': tensor([0, 0]) }
    expect((await outcomes(opFile('Tensor.zero_', { ...zeroed, mutated })))[1]).toEqual([
      'pass',
      '',
    ])
    expect((await outcomes(opFile('Tensor.zero_', zeroed)))[1][1]).toContain(
      'Tensor.zero_ changed args.0',
    )
  })

  test('a strided argument is the same view', async () => {
    const storage = tensor([9, 1, 9, 2, 9])
    const view = {
      ...tensor([1, 2]),
      noncontiguous: true,
      stride: [2],
      offset: 1,
      storage: storage.data,
    }
    const file = opFile('torch.neg', { args: [view], out: tensor([-1, -2]) })
    expect((await outcomes(file))[1]).toEqual(['pass', ''])
  })
})

describe('in place', () => {
  test('the tensor holds the result, and is what is returned', async () => {
    const file = opFile('torch.add', { ...addition, inplace: 'same' }, { inplace: 'add_' })
    expect((await outcomes(file))['1/inplace']).toEqual(['pass', ''])
  })

  test('what PyTorch refuses is refused, with nothing changed', async () => {
    const error = { type: 'RuntimeError', message: 'no' }
    const args = [tensor([1]), tensor([3, 5])]
    const refused = { args, out: tensor([4, 6]), inplace: { error } }
    const file = opFile('torch.add', refused, { inplace: 'add_' })
    expect((await outcomes(file))['1/inplace']).toEqual(['pass', ''])
    const allowed = opFile('torch.add', { ...addition, inplace: { error } }, { inplace: 'add_' })
    expect((await outcomes(allowed))['1/inplace']).toEqual([
      'fail',
      'expected RuntimeError: no, but add_ did not throw',
    ])
  })
})

describe('gradients', () => {
  const grad = {
    inputs: ['args.0', 'args.1'],
    outputs: [0],
    grad_outputs: [tensor([1, 2])],
    grad_inputs: [tensor([3, 10]), tensor([1, 4])],
  }
  const product = { args: [tensor([1, 2]), tensor([3, 5])], out: tensor([3, 10]), grad }

  test('of every input, first and second', async () => {
    const double = {
      grad_indices: [0],
      v: [tensor([1, 1])],
      // The gradient of args.0 is grad_output * args.1.
      grad_inputs: [{ t: 'none' as const }, tensor([1, 2])],
      grad_grad_outputs: [tensor([3, 5])],
    }
    const file = opFile('torch.mul', { ...product, grad: { ...grad, double } })
    expect(await outcomes(file)).toEqual({
      1: ['pass', ''],
      '1/grad': ['pass', ''],
      '1/double': ['pass', ''],
    })
  })

  test('a wrong one is told by the path of its input', async () => {
    const wrong = { ...grad, grad_inputs: [tensor([3, 10]), tensor([1, 5])] }
    const found = await outcomes(opFile('torch.mul', { ...product, grad: wrong }))
    expect(found['1/grad'][1]).toMatch(/^gradient of args\.1: 1 of 2 elements/)
  })

  test('stand on the forward result', async () => {
    const found = await outcomes(opFile('torch.mul', { ...product, out: tensor([3, 11]) }))
    expect(found['1/grad']).toEqual(['blocked', 'ops/mul/1 is broken: see ops/mul/1'])
  })
})

describe('errors', () => {
  const refusal = {
    id: '2',
    args: [tensor([1, 2]), tensor([3, 5, 7])],
    kwargs: {},
    error_type: 'RuntimeError',
    error_regex: 'The size of tensor a \\(2\\)',
    raised: true,
    actual_type: 'RuntimeError',
    actual_message: 'The size of tensor a (2) must match',
  }

  test('have PyTorch’s class and words', async () => {
    const found = async (fields: object) =>
      (await outcomes(opFile('torch.add', addition, { errors: [{ ...refusal, ...fields }] })))[
        'error-2'
      ]
    expect(await found({})).toEqual(['pass', ''])
    expect((await found({ error_regex: 'quite other' }))[0]).toBe('fail')
    expect((await found({ error_type: 'IndexError' }))[0]).toBe('fail')
    expect((await found({ error_type: 'Exception', error_regex: '' }))[0]).toBe('pass')
    expect(await found({ args: addition.args })).toEqual([
      'fail',
      'expected RuntimeError: The size of tensor a (2) must match, but torch.add did not throw',
    ])
  })

  test('about out= are not claimed', async () => {
    const kwargs = { out: tensor([0, 0]) }
    const file = opFile('torch.add', addition, { errors: [{ ...refusal, kwargs }] })
    expect((await outcomes(file))['error-2'][0]).toBe('unclaimed')
  })
})

test('a case needs the dtypes of its inputs and of float results, and of casts', () => {
  const dtypesOf = (file: OpFile) => casesOfOp(file)[0].dtypes
  const longs = tensor([1], [1], 'int64')
  const found = dtypesOf(opFile('torch.argmax', { args: [tensor([1, 2])], out: longs }))
  expect(found).toEqual(['float32'])
  expect(dtypesOf(opFile('torch.neg', { args: [longs], out: longs }))).toEqual(['int64'])
  const doubles = tensor([1], [1], 'float64')
  expect(dtypesOf(opFile('torch.exp', { args: [tensor([1])], out: doubles }))).toEqual([
    'float32',
    'float64',
  ])
  expect(dtypesOf(opFile('Tensor.long', { args: [tensor([1])], out: longs }))).toEqual([
    'float32',
    'int64',
  ])
})
