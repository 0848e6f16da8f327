import '@sconce/backend-cpu'
import { ones, type Tensor } from '@sconce/core'
import * as nn from '@sconce/nn'
import { expect, expectTypeOf, test } from 'vitest'

test('a call has the type of forward', () => {
  class Two extends nn.Module {
    override forward(x: Tensor, options: { twice: boolean }): [Tensor, number] {
      return [x, options.twice ? 2 : 1]
    }
  }
  const two = new Two()
  expectTypeOf(two.call).parameters.toEqualTypeOf<[x: Tensor, options: { twice: boolean }]>()
  expect(two.call(ones([1]), { twice: true })[1]).toBe(2)
  expectTypeOf(new nn.Linear(1, 1).call(ones([1]))).toEqualTypeOf<Tensor>()
  expectTypeOf(new nn.ReLU().call(ones([1]))).toEqualTypeOf<Tensor>()
  expectTypeOf(new nn.MSELoss().call(ones([1]), ones([1]))).toEqualTypeOf<Tensor>()
  expectTypeOf(new nn.Sequential(new nn.ReLU()).call(ones([1]))).toEqualTypeOf<Tensor>()
})

test('packed sequences give packed ones', () => {
  const gru = new nn.GRU(2, 3)
  const packed = nn.utils.rnn.packSequence([ones([2, 2]), ones([1, 2])])
  const [output] = gru.call(packed)
  expectTypeOf(output).toEqualTypeOf<typeof packed>()
  expect(output.data.shape).toEqual([3, 3])
  expectTypeOf(gru.call(ones([2, 1, 2]))[0]).toEqualTypeOf<Tensor>()
})

test('lists of modules keep the type of their elements', () => {
  const list = new nn.ModuleList([new nn.Linear(1, 2)])
  expectTypeOf(list.at(0)).toEqualTypeOf<nn.Linear>()
  const layers: nn.Layer[] = [new nn.Linear(1, 1), new nn.ReLU()]
  expect(layers.reduce((x, layer) => layer.call(x), ones([1, 1])).shape).toEqual([1, 1])
  const dict = new nn.ModuleDict({ act: new nn.ReLU() })
  expectTypeOf(dict.get('act')).toEqualTypeOf<nn.ReLU>()
})
