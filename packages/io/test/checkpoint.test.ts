import '@sconce/autograd'
import '@sconce/backend-cpu'
import {
  defaultGenerator,
  Generator,
  manualSeed,
  rand,
  randn,
  type Tensor,
  tensor,
} from '@sconce/core'
import * as nn from '@sconce/nn'
import * as optim from '@sconce/optim'
import { describe, expect, it } from 'vitest'
import {
  encodeCheckpoint,
  encodeSafetensors,
  FormatError,
  openSafetensors,
  readCheckpoint,
  restoreCheckpoint,
} from '../src/index.ts'

class Net extends nn.Module {
  hidden = new nn.Linear(3, 8)
  norm = new nn.BatchNorm1d(8)
  dropout = new nn.Dropout(0.5)
  out = new nn.Linear(8, 1)
  override forward(x: Tensor): Tensor {
    return this.out.call(this.dropout.call(this.norm.call(this.hidden.call(x)).relu()))
  }
}

/** All that a run goes on from. */
function run(seed: number) {
  manualSeed(seed)
  const model = new Net()
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01, amsgrad: true })
  const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 20 })
  return { model, optimizer, scheduler, generator: defaultGenerator(), own: new Generator(seed) }
}

/** Trains on random data; the losses tell every bit of what went before. */
function train(
  { model, optimizer, scheduler, own }: ReturnType<typeof run>,
  steps: number,
): number[] {
  return Array.from({ length: steps }, () => {
    optimizer.zeroGrad()
    const loss = model
      .call(randn([4, 3]))
      .sub(randn([4, 1], { generator: own }))
      .pow(2)
      .mean()
    loss.backward()
    optimizer.step()
    scheduler.step()
    return loss.item()
  })
}

const bits = (t: Tensor) => [...t.detach().toTypedArray()]

describe('a run that is saved and resumed', () => {
  it('goes on bit for bit', async () => {
    const first = run(1)
    train(first, 3)
    // An odd number of normals leaves the second of a pair in the generator.
    randn([1])
    const saved = await encodeCheckpoint({ ...first, epoch: 3 })
    const losses = train(first, 4)

    const second = run(2)
    train(second, 1)
    const { epoch } = await restoreCheckpoint(saved, second)
    expect(epoch).toBe(3)
    expect(train(second, 4)).toEqual(losses)
    const [a, b] = [first, second].map(({ model }) =>
      [...model.stateDict()].map(([name, t]) => [name, bits(t)]),
    )
    expect(b).toEqual(a)
    expect(second.own.random64()).toBe(first.own.random64())
  })

  it('is a safetensors file with the tensors under their names', async () => {
    const parts = run(1)
    train(parts, 1)
    const file = await openSafetensors(await encodeCheckpoint(parts))
    expect(file.keys()).toContain('model.hidden.weight')
    expect(file.keys()).toContain('optimizer.state.0.exp_avg')
    expect(file.info('generator')).toMatchObject({ dtype: 'U8', shape: [5056] })
    expect((await file.get('model.out.bias')).toArray()).toEqual(
      parts.model.out.bias?.detach().toArray(),
    )
  })

  it('keeps the numbers of the optimizer', async () => {
    const parts = run(1)
    train(parts, 2)
    const { optimizer } = await readCheckpoint(await encodeCheckpoint(parts))
    const saved = parts.optimizer.stateDict()
    expect(optimizer).toMatchObject({
      param_groups: [{ amsgrad: true, eps: 1e-8, params: [0, 1, 2, 3, 4, 5] }],
    })
    const state = (optimizer as typeof saved).state
    expect([...state.keys()]).toEqual([0, 1, 2, 3, 4, 5])
    const [group] = (optimizer as typeof saved).param_groups
    expect(group).toMatchObject({ ...saved.param_groups[0] })
  })
})

describe('values of a checkpoint', () => {
  it('come back as they were', async () => {
    const shared = tensor([1, 2])
    const value = {
      numbers: [0, -0, 0.1, Number.NaN, Number.POSITIVE_INFINITY, -1e300, 2n ** 80n, -1n],
      nothing: [null, undefined],
      map: new Map<unknown, unknown>([
        [1, 'a'],
        ['x', new Map()],
      ]),
      dollar: { $: 'tensor', name: 'none' },
      __proto__x: { 'a.b': shared, a: { b: tensor([3]) } },
      scalar: tensor(4n),
    }
    const back = await readCheckpoint(await encodeCheckpoint(value))
    const { __proto__x: tensors, scalar, ...rest } = back
    const { __proto__x: _, scalar: __, ...expected } = value
    expect(rest).toEqual(expected)
    const { 'a.b': flat, a } = tensors as typeof value.__proto__x
    expect([flat.toArray(), a.b.toArray(), (scalar as Tensor).item()]).toEqual([[1, 2], [3], 4])
  })

  it('are plain, or have a state', async () => {
    const refused: [unknown, string][] = [
      [{ f: () => 1 }, "a.f: a checkpoint can't hold a function"],
      [new Date(), "a: a checkpoint can't hold a Date"],
    ]
    for (const [a, message] of refused) {
      await expect(encodeCheckpoint({ a })).rejects.toThrow(message)
    }
    const cycle: unknown[] = []
    cycle.push(cycle)
    await expect(encodeCheckpoint({ cycle })).rejects.toThrow('nested more than 200 deep')
  })
})

describe('what can’t be restored', () => {
  it('leaves everything as it was', async () => {
    const saved = await encodeCheckpoint(run(1))
    const model = new Net()
    const before = bits(model.hidden.weight)
    const own = new Generator(9)
    // The groups of this optimizer are not those that were saved.
    const optimizer = new optim.Adam([
      { params: [model.hidden.weight] },
      { params: [model.out.weight] },
    ])
    await expect(restoreCheckpoint(saved, { model, own, optimizer })).rejects.toThrow(
      'loaded state dict has a different number of parameter groups',
    )
    expect(bits(model.hidden.weight)).toEqual(before)
    expect(own.random64()).toBe(new Generator(9).random64())
  })

  it('is named', async () => {
    const saved = await encodeCheckpoint({ model: new Net(), generator: 3 })
    const restore = (parts: Record<string, unknown>) => restoreCheckpoint(saved, parts)
    await expect(restore({ scheduler: new Net() })).rejects.toThrow(
      "the checkpoint has no 'scheduler'",
    )
    await expect(restore({ epoch: 1 })).rejects.toThrow("'epoch' has no state to restore")
    await expect(restore({ model: new nn.Linear(1, 1) })).rejects.toThrow(
      'Missing key(s) in state_dict',
    )
    await expect(restore({ generator: new Generator() })).rejects.toThrow(
      'the state of a generator is no tensor',
    )
  })

  it('is a FormatError where the file is wrong', async () => {
    const file = (metadata: Record<string, string>) =>
      encodeSafetensors({ a: rand([1]) }, { metadata })
    const head = { format: 'sconce.checkpoint', version: '1' }
    const cases: [Record<string, string>, string][] = [
      [{}, 'a safetensors file, but no checkpoint'],
      [{ ...head, version: '2', tree: '{}' }, 'version 2 is unknown'],
      [{ ...head, tree: '{' }, 'the values are no JSON'],
      [{ ...head, tree: '1' }, 'the values are no object'],
      [{ ...head, tree: '{"x":{"$":"tensor","name":"b"}}' }, "tensor 'b' is missing"],
      [{ ...head, tree: '{"x":{"$":"tensor"}}' }, 'a tensor has no name'],
      [{ ...head, tree: '{"x":{"$":"call"}}' }, "an unknown kind of value: 'call'"],
      [{ ...head, tree: '{"x":{"$":"constructor"}}' }, "an unknown kind of value: 'constructor'"],
      [{ ...head, tree: '{"x":{"$":"bigint","value":"1e9"}}' }, 'a bigint is no integer'],
      [{ ...head, tree: '{"x":{"$":"map","entries":[1]}}' }, 'entries are no list of pairs'],
      [
        { ...head, tree: `${'['.repeat(300)}${']'.repeat(300)}` },
        'values are nested more than 200 deep',
      ],
    ]
    for (const [metadata, message] of cases) {
      const read = readCheckpoint(await file(metadata))
      await expect(read).rejects.toThrow(FormatError)
      await expect(read).rejects.toThrow(`checkpoint: ${message}`)
    }
  })
})
