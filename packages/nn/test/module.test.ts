import '@sconce/backend-cpu'
import { manualSeed, ones, type Tensor, tensor, zeros } from '@sconce/core'
import * as nn from '@sconce/nn'
import { describe, expect, test } from 'vitest'

class Net extends nn.Module {
  hidden = new nn.Linear(3, 4)
  act = new nn.ReLU()
  output = new nn.Linear(4, 1, { bias: false })
  scale = new nn.Parameter(ones([1]))

  override forward(x: Tensor) {
    return this.output.call(this.act.call(this.hidden.call(x))).mul(this.scale)
  }
}

describe('registration by properties', () => {
  test('parameters, children and their names', () => {
    const net = new Net()
    expect([...net.namedParameters()].map(([name]) => name)).toEqual([
      'scale',
      'hidden.weight',
      'hidden.bias',
      'output.weight',
    ])
    expect([...net.namedChildren()].map(([name]) => name)).toEqual(['hidden', 'act', 'output'])
    expect([...net.modules()].length).toBe(4)
  })

  test('what is tied is listed once, and is in the state dict under both names', () => {
    const net = new nn.ModuleDict({ a: new nn.Linear(1, 1) })
    net.set('b', net.get('a'))
    expect([...net.namedParameters()].map(([name]) => name)).toEqual(['a.weight', 'a.bias'])
    expect([...net.stateDict().keys()]).toEqual(['a.weight', 'a.bias', 'b.weight', 'b.bias'])
  })

  test('buffers', () => {
    const net = new nn.Module()
    net.registerBuffer('kept', ones([2]))
    net.registerBuffer('lost', ones([2]), { persistent: false })
    expect([...net.namedBuffers()].map(([name]) => name)).toEqual(['kept', 'lost'])
    expect([...net.stateDict().keys()]).toEqual(['kept'])
    expect(() => net.registerBuffer('kept', null)).toThrow("attribute 'kept' already exists")
    expect(() => net.registerBuffer('a.b', null)).toThrow('buffer name can\'t contain "."')
  })

  test('a property that is taken away is no longer registered', () => {
    class Pair extends nn.Module {
      a?: nn.Linear = new nn.Linear(1, 1)
      b = new nn.Linear(1, 1)
    }
    const net = new Pair()
    delete net.a
    expect([...net.stateDict().keys()]).toEqual(['b.weight', 'b.bias'])
  })
})

test('the tree is printed as by PyTorch', () => {
  expect(String(new Net())).toBe(`Net(
  (hidden): Linear(in_features=3, out_features=4, bias=True)
  (act): ReLU()
  (output): Linear(in_features=4, out_features=1, bias=False)
)`)
  expect(String(new nn.Sequential(new nn.Sequential(new nn.Tanh())))).toBe(`Sequential(
  (0): Sequential(
    (0): Tanh()
  )
)`)
  expect(String(new nn.ParameterList([ones([2, 3])]))).toBe(
    'ParameterList(  (0): Parameter containing: [torch.float32 of size 2x3])',
  )
})

test('a seed gives the weights that PyTorch draws', () => {
  manualSeed(42)
  const { weight } = new nn.Linear(3, 2)
  const expected = [0.4414, 0.4792, -0.1353, 0.5304, -0.1265, 0.1165]
  weight.toTypedArray().forEach((x: number | bigint, i: number) => {
    expect(Number(x)).toBeCloseTo(expected[i], 4)
  })
})

describe('state dicts', () => {
  test('are loaded into the same parameters', () => {
    const net = new nn.Linear(2, 1)
    const { weight } = net
    const result = net.loadStateDict({ weight: tensor([[1, 2]]), bias: tensor([3]) })
    expect(result).toEqual({ missingKeys: [], unexpectedKeys: [] })
    expect(net.weight).toBe(weight)
    expect(net.call(ones([1, 2])).toArray()).toEqual([[6]])
  })

  test('say everything that is wrong, and change nothing', () => {
    const net = new Net()
    const before = net.scale.item()
    expect(() =>
      net.loadStateDict({ scale: tensor([7]), 'hidden.weight': ones([2, 2]), foo: ones([1]) }),
    ).toThrow(
      'Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: "hidden.bias", "output.weight". \n\tUnexpected key(s) in state_dict: "foo". \n\tsize mismatch for hidden.weight: copying a param with shape torch.Size([2, 2]) from checkpoint, the shape in current model is torch.Size([4, 3]).',
    )
    expect(net.scale.item()).toBe(before)
  })

  test('may be incomplete if that is wanted', () => {
    const net = new nn.Linear(2, 1)
    const result = net.loadStateDict({ bias: tensor([3]), more: ones([1]) }, { strict: false })
    expect(result).toEqual({ missingKeys: ['weight'], unexpectedKeys: ['more'] })
    expect(net.bias?.item()).toBe(3)
  })
})

describe('conversion', () => {
  test('keeps parameters and their gradients, in the new dtype', () => {
    const net = new nn.Linear(2, 1)
    const { weight } = net
    net
      .call(ones([1, 2]))
      .sum()
      .backward()
    net.double()
    expect(net.weight).toBe(weight)
    expect(weight.dtype).toBe('float64')
    expect(weight.grad?.dtype).toBe('float64')
    net
      .call(ones([1, 2], { dtype: 'float64' }))
      .sum()
      .backward()
    expect(weight.grad?.toArray()).toEqual([[2, 2]])
    expect(() => net.to('int32')).toThrow(
      'nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int32',
    )
  })

  test('a clone has parameters of its own, and ties are kept', () => {
    const shared = new nn.Linear(1, 1)
    const net = new nn.Sequential(shared, shared)
    const copy = net.clone()
    expect(copy.at(0) === copy.at(1)).toBe(true)
    expect(copy.at(0) === shared).toBe(false)
    expect([...copy.parameters()].length).toBe(2)
    copy.zeroGrad()
    copy.loadStateDict(new Map([...net.stateDict()].map(([key, t]) => [key, zeros(t.shape)])))
    expect(copy.call(ones([1, 1])).item()).toBe(0)
    expect(shared.weight.item()).not.toBe(0)
  })
})

describe('modes', () => {
  test('train and eval reach everything below', () => {
    const net = new Net()
    net.eval()
    expect([...net.modules()].every((m) => !m.training)).toBe(true)
    net.hidden.train()
    expect([net.training, net.hidden.training]).toEqual([false, true])
  })

  test('apply goes to the children first', () => {
    const seen: string[] = []
    const net = new nn.Sequential(new nn.Linear(1, 1), new nn.Sequential(new nn.ReLU()))
    net.apply((m) => seen.push(m.constructor.name))
    expect(seen).toEqual(['Linear', 'ReLU', 'Sequential', 'Sequential'])
  })
})

describe('hooks', () => {
  test('forward hooks may replace inputs and outputs', () => {
    const net = new nn.Identity()
    const pre = net.registerForwardPreHook((_, [x]) => (x as Tensor).mul(2))
    const post = net.registerForwardHook((_, __, y) => (y as Tensor).add(1))
    expect(net.call(ones([1])).item()).toBe(3)
    pre.remove()
    post.remove()
    expect(net.call(ones([1])).item()).toBe(1)
  })

  test('full backward hooks see and replace gradients', () => {
    const net = new nn.Linear(2, 1, { bias: false })
    net.loadStateDict({ weight: tensor([[3, 4]]) })
    const seen: unknown[] = []
    net.registerFullBackwardHook((_, gradInput, gradOutput) => {
      seen.push(gradInput[0]?.toArray(), gradOutput[0]?.toArray())
      return [gradInput[0]?.mul(10) ?? null]
    })
    const x = ones([1, 2], { requiresGrad: true })
    net.call(x).sum().backward()
    expect(seen).toEqual([[[3, 4]], [[1]]])
    expect(x.grad?.toArray()).toEqual([[30, 40]])
  })

  test('hooks of all modules run before those of one', () => {
    const seen: string[] = []
    const handles = [
      nn.registerModuleForwardPreHook((m) => void seen.push(`pre ${m.constructor.name}`)),
      nn.registerModuleForwardHook((m, _, y) => {
        seen.push(`post ${m.constructor.name}`)
        return m instanceof nn.ReLU ? (y as Tensor).add(1) : undefined
      }),
      nn.registerModuleFullBackwardHook((m) => void seen.push(`back ${m.constructor.name}`)),
    ]
    const net = new nn.Sequential(new nn.ReLU())
    net.at(0).registerForwardHook((_, __, y) => (y as Tensor).mul(10))
    const y = net.call(tensor([2], { requiresGrad: true }))
    y.sum().backward()
    for (const handle of handles) handle.remove()
    expect(y.item()).toBe(30)
    expect(seen).toEqual([
      'pre Sequential',
      'pre ReLU',
      'post ReLU',
      'post Sequential',
      'back ReLU',
      'back Sequential',
    ])
    expect(net.call(tensor([2])).item()).toBe(20)
  })

  test('a module without forward says so', () => {
    expect(() => new nn.Module().call()).toThrow(
      'Module [Module] is missing the required "forward" function',
    )
  })
})

describe('hooks of state dicts', () => {
  test('change what is saved and what is loaded', () => {
    const net = new nn.Sequential(new nn.Linear(1, 1, { bias: false }))
    const inner = net.at(0)
    const seen: string[] = []
    inner.registerStateDictPreHook((_, prefix) => void seen.push(prefix))
    inner.registerStateDictPostHook((_, state, prefix) => {
      state.set(`${prefix}kernel`, state.get(`${prefix}weight`) ?? zeros([0]))
      state.delete(`${prefix}weight`)
    })
    inner.registerLoadStateDictPreHook((_, state, prefix) => {
      state.set(`${prefix}weight`, state.get(`${prefix}kernel`) ?? zeros([0]))
      state.delete(`${prefix}kernel`)
    })
    const given = { '0.kernel': tensor([[7]]) }
    expect(net.loadStateDict(given)).toEqual({ missingKeys: [], unexpectedKeys: [] })
    expect(Object.keys(given)).toEqual(['0.kernel'])
    const state = net.stateDict()
    expect([...state.keys()]).toEqual(['0.kernel'])
    expect(state.get('0.kernel')?.item()).toBe(7)
    expect(seen).toEqual(['0.'])
  })

  test('forgive what is missing, and see the module loaded', () => {
    const net = new nn.Linear(1, 1)
    let weight = 0
    net.registerLoadStateDictPostHook((_, { missingKeys }) => {
      weight = net.weight.item()
      missingKeys.length = 0
    })
    net.loadStateDict({ weight: tensor([[5]]) })
    expect(weight).toBe(5)
    expect(() => net.loadStateDict({ weight: tensor([[5]]), x: zeros([1]) })).toThrow(
      'Unexpected key(s) in state_dict: "x". ',
    )
    expect(() => net.loadStateDict({ weight: zeros([2, 2]) })).toThrow('size mismatch for weight')
  })

  test('a state of another kind', () => {
    class Counter extends nn.Module {
      count = 3
      override getExtraState(): Tensor {
        return tensor(this.count)
      }
      override setExtraState(state: Tensor): void {
        this.count = state.item()
      }
    }
    const net = new nn.Sequential(new Counter())
    expect([...net.stateDict().keys()]).toEqual(['0._extra_state'])
    net.loadStateDict({ '0._extra_state': tensor(8) })
    expect(net.stateDict().get('0._extra_state')?.item()).toBe(8)
    expect(() => net.loadStateDict({})).toThrow('Missing key(s) in state_dict: "0._extra_state". ')
  })
})

test('a module as a function of its parameters', () => {
  const net = new nn.Sequential(new nn.Linear(1, 1), new nn.BatchNorm1d(1)).eval()
  const w = tensor([[3]], { requiresGrad: true })
  const before = [...net.stateDict()].map(([, t]) => t.toArray())
  const { functionalCall } = nn.utils.stateless
  const state = { '0.weight': w, '0.bias': tensor([1]), '1.running_mean': tensor([2]) }
  const y = functionalCall(net, state, tensor([[4]]))
  expect(y.item()).toBeCloseTo(11, 3)
  y.sum().backward()
  expect(w.grad?.item()).toBeCloseTo(4, 3)
  expect([...net.stateDict()].map(([, t]) => t.toArray())).toEqual(before)
  expect(() => functionalCall(net, { '0.weights': w }, [w])).toThrow(
    'Linear has no attribute `weights`',
  )
})

describe('containers', () => {
  test('Sequential: slices keep names, deleting renumbers', () => {
    const net = new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU(), new nn.Linear(2, 1))
    expect([...net.slice(1).stateDict().keys()]).toEqual(['2.weight', '2.bias'])
    net.delete(0)
    expect([...net.stateDict().keys()]).toEqual(['1.weight', '1.bias'])
    expect(() => net.at(5)).toThrow('index 5 is out of range')
    const named = new nn.Sequential({ a: new nn.Linear(1, 1), b: new nn.ReLU() })
    expect([...named.stateDict().keys()]).toEqual(['a.weight', 'a.bias'])
  })

  test('ModuleList: types of the elements are known', () => {
    const list = new nn.ModuleList([new nn.Linear(1, 2)])
    list.append(new nn.Linear(2, 3))
    list.insert(0, new nn.Linear(1, 1))
    let x = ones([1, 1])
    for (const layer of list) x = layer.call(x)
    expect(x.shape).toEqual([1, 3])
    expect(list.pop().outFeatures).toBe(3)
    expect(list.length).toBe(2)
  })

  test('ParameterDict', () => {
    const dict = new nn.ParameterDict({ a: zeros([2]) })
    expect(dict.get('a').requiresGrad).toBe(true)
    expect([...dict.namedParameters()].map(([name]) => name)).toEqual(['a'])
    expect(() => dict.get('b')).toThrow("'b'")
    const shared = dict.fromkeys(['x', 'y'], ones([1]))
    expect(shared.get('x')).toBe(shared.get('y'))
    expect(dict.setdefault('b', ones([3])).shape).toEqual([3])
    expect(dict.setdefault('b', ones([4])).shape).toEqual([3])
    const copy = dict.copy()
    expect(dict.popitem()[0]).toBe('b')
    expect([[...copy.keys()], [...dict.keys()]]).toEqual([['a', 'b'], ['a']])
    dict.clear()
    expect(() => dict.popitem()).toThrow('dictionary is empty')
  })
})

test('arguments by position and by name; bad ones in Python’s words', () => {
  expect(String(new nn.Linear(2, 3, false))).toBe(
    'Linear(in_features=2, out_features=3, bias=False)',
  )
  expect(String(new nn.LeakyReLU({ negativeSlope: 0.2, inplace: true }))).toBe(
    'LeakyReLU(negative_slope=0.2, inplace=True)',
  )
  // @ts-expect-error arguments are missing
  expect(() => new nn.Linear()).toThrow(
    "Linear.__init__() missing 2 required positional arguments: 'in_features' and 'out_features'",
  )
  // @ts-expect-error no such argument
  expect(() => new nn.ReLU({ foo: 1 })).toThrow(
    "ReLU.__init__() got an unexpected keyword argument 'foo'",
  )
})
