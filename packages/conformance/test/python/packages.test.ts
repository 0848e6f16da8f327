import '@sconce/backend-cpu'
import { type Tensor, tensor, zeros } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { torchInterpreter } from '../../src/python/torch/index.ts'

/** A package as `@sconce/nn` is one: classes with camelCase members, options objects, Maps, iterators. */
class Module {
  training = true
  stateDict(): Map<string, unknown> {
    return new Map(Object.entries(this).filter(([, value]) => value instanceof Module))
  }
  *namedParts(): Generator<[string, Module]> {
    for (const [name, part] of Object.entries(this)) if (part instanceof Module) yield [name, part]
  }
  forward(..._: unknown[]): unknown {
    throw new Error('no forward')
  }
  call(...args: unknown[]): unknown {
    return this.forward(...args)
  }
  toString(): string {
    return 'Module()'
  }
}
class Scale extends Module {
  factor: Tensor
  inPlace: boolean
  constructor(factor: number, { inPlace = false }: { inPlace?: boolean } = {}) {
    super()
    this.factor = tensor(factor)
    this.inPlace = inPlace
  }
  override forward(x: Tensor): Tensor {
    return this.inPlace ? x.mul_(this.factor) : x.mul(this.factor)
  }
}
class Chain extends Module {
  parts: Module[]
  constructor(...parts: Module[]) {
    super()
    this.parts = parts
  }
  override forward(x: Tensor): unknown {
    return this.parts.reduce<unknown>((value, part) => part.call(value), x)
  }
  get length(): number {
    return this.parts.length
  }
  at(index: number): Module | undefined {
    return this.parts.at(index)
  }
  slice(start?: number, end?: number): Chain {
    return new Chain(...this.parts.slice(start, end))
  }
  delete(index: number): void {
    this.parts.splice(index, 1)
  }
  [Symbol.iterator](): Iterator<Module> {
    return this.parts.values()
  }
}
const init = { fill_: (t: Tensor, { value = 1 }: { value?: number } = {}) => t.fill_(value) }
const options = () => ({ learningRate: 0.5, betas: [0.9, 1] })
const nn = { Module, Scale, Chain, init, options, makeZeros: (n: number) => zeros([n]) }

const run = (source: string) => {
  const interpreter = torchInterpreter({ device: 'cpu', nn })
  interpreter.run(source)
  return (name: string) => interpreter.repr(interpreter.get(name) ?? null)
}

describe('classes of a package', () => {
  test('are made, called, looked at', () => {
    const get = run(`
s = nn.Scale(2.0, in_place=False)
r = s(torch.tensor([1., 2.])), s.training, s.in_place, s.factor.item(), repr(s)
kinds = type(s).__name__, isinstance(s, nn.Module), isinstance(s, nn.Chain), issubclass(nn.Scale, nn.Module), type(s) is nn.Scale
s.in_place = True; x = torch.ones(2); s(x)
s.training = False; flag = s.training
o = nn.options()
named = nn.init.fill_(torch.zeros(2), value=3), torch.nn.make_zeros(2)
`)
    expect(get('r')).toBe("(tensor([2., 4.]), True, False, 2.0, 'Module()')")
    expect(get('kinds')).toBe("('Scale', True, False, True, True)")
    expect(get('x')).toBe('tensor([2., 2.])')
    expect(get('flag')).toBe('False')
    expect(get('o')).toBe("{'learning_rate': 0.5, 'betas': (0.9, 1)}")
    expect(get('named')).toBe('(tensor([3., 3.]), tensor([0., 0.]))')
  })

  test('are indexed and iterated', () => {
    const get = run(`
c = nn.Chain(nn.Scale(2.), nn.Scale(3.), nn.Scale(5.))
n = len(c), c[0].factor.item(), c[-1].factor.item(), [p.factor.item() for p in c[1:]], c(torch.tensor(1.)).item()
del c[0]
m = [p.factor.item() for p in c]
`)
    expect(get('n')).toBe('(3, 2.0, 5.0, [3.0, 5.0], 30.0)')
    expect(get('m')).toBe('[3.0, 5.0]')
  })

  test('what is missing is named', () => {
    const get = run(`
def message(f):
    try: f()
    except AttributeError as e: return str(e)
m = [message(lambda: nn.Linear), message(lambda: torch.nope), message(lambda: torch.optim.SGD), message(lambda: F.nope), hasattr(nn, 'Linear'), hasattr(nn, 'Scale')]
`)
    expect(get('m')).toBe(
      "['no such op: torch.nn.Linear', 'no such op: torch.nope', 'no such op: torch.optim.SGD', " +
        "'no such op: torch.nn.functional.nope', False, True]",
    )
  })
})

describe('classes that a program derives', () => {
  const get = run(`
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.inner = nn.Scale(n); self.table = {'a': 1}
    def forward(self, x, twice=False):
        y = self.inner(x)
        return self.inner(y) if twice else y
class Louder(nn.Scale):
    def forward(self, x): return super().forward(x) + 100
class Outer(Net):
    def __init__(self):
        super().__init__(10.)
        self.net = Net(2.); self.loud = Louder(3.)
    def forward(self, x): return self.net(super().forward(x))
net = Net(3.)
r = net(torch.tensor([1.])), net(torch.tensor([1.]), True), net.n, net.table, net.training, type(net).__name__
o = Outer()
nested = o(torch.tensor([1.])), o.loud(torch.tensor([1.])), [n for n, _ in o.named_parts()], [type(p).__name__ for _, p in o.named_parts()], list(net.state_dict())
chain = nn.Chain(Net(2.), Louder(3.), o)
through = chain(torch.tensor([1.])), type(chain[0]) is Net, chain[2] is o
same = dict(o.named_parts())['net'] is o.net
`)

  test('are called by the program and by the library', () => {
    expect(get('r')).toBe("(tensor([3.]), tensor([9.]), 3.0, {'a': 1}, True, 'Net')")
    expect(get('through')).toBe('(tensor([2120.]), True, True)')
  })
  test('have parts that the library sees, and attributes that it does not', () => {
    expect(get('nested')).toBe(
      "(tensor([20.]), tensor([103.]), ['inner', 'net', 'loud'], ['Scale', 'Net', 'Louder'], ['inner'])",
    )
    expect(get('same')).toBe('True')
  })
})
