import { describe, expect, test } from 'vitest'
import {
  type Foreign,
  type Host,
  Instance,
  Interpreter,
  isForeign,
  Module,
  NativeFunction,
  NOT_IMPLEMENTED,
  PyIterator,
  Slice,
  type Value,
} from '../../src/python/index.ts'

class Vector {
  constructor(public items: number[]) {}
}
class RangeFault extends Error {
  override name = 'IndexError'
}
/** A class of the host that programs derive from: `run` calls what the program overrides. */
class Task {
  extra = new Map<string, Value>()
  constructor(
    readonly size: bigint,
    readonly instance?: Instance,
  ) {}
}

const rules: { [op: string]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '*': (a, b) => a * b,
}
const asVector = (value: Value): Vector | undefined => (value instanceof Vector ? value : undefined)

function setUp() {
  const asked: Value[] = []
  const elementwise = (op: string, left: Value, right: Value): Vector | undefined => {
    const length = asVector(left)?.items.length ?? asVector(right)?.items.length ?? 0
    const at = (v: Value, i: number): number => asVector(v)?.items[i] ?? Number(v)
    const rule = rules[op]
    return rule && new Vector(Array.from({ length }, (_, i) => rule(at(left, i), at(right, i))))
  }
  const host: Host = {
    typeOf: (object) =>
      object instanceof Vector
        ? interpreter.foreignClass(Vector, 'Vector')
        : interpreter.foreignClass(Task, 'Task'),
    getAttribute(object, name) {
      if (object instanceof Task) return name === 'size' ? object.size : object.extra.get(name)
      if (!(object instanceof Vector)) return undefined
      if (name === 'first') return object.items[0]
      if (name === '__float__')
        return new NativeFunction(name, () => object.items.reduce((a, b) => a + b, 0))
      if (name === 'scale_')
        return new NativeFunction(name, ([by], kwargs) => {
          asked.push(by, ...kwargs.keys())
          object.items = object.items.map((v) => v * Number(by))
          return object
        })
      return undefined
    },
    setAttribute(object, name, value) {
      if (object instanceof Task && name.startsWith('kept')) {
        object.extra.set(name, value)
        return true
      }
      if (!(object instanceof Vector) || name !== 'first') return false
      object.items[0] = Number(value)
      return true
    },
    call(object, args) {
      if (!(object instanceof Task) || !object.instance) return undefined
      return interpreter.call(interpreter.getAttribute(object.instance, 'run'), args)
    },
    binary: (op, left, right) => elementwise(op, left, right) ?? NOT_IMPLEMENTED,
    inplace(op, target, value) {
      const result = elementwise(op, target, value)
      const vector = asVector(target)
      if (!result || !vector) return undefined
      vector.items = result.items
      return vector
    },
    unary: (op, operand) => (op === '-' ? elementwise('*', operand, -1) : undefined),
    compare: (op, left, right) =>
      op === '==' && asVector(left) && asVector(right)
        ? asVector(left)?.items.join() === asVector(right)?.items.join()
        : undefined,
    getItem(object, index) {
      asked.push(index)
      const items = asVector(object)?.items
      if (typeof index !== 'bigint') return items && new Vector(items)
      const item = items?.[Number(index)]
      if (item === undefined) throw new RangeFault(`index ${index} is out of bounds`)
      return item
    },
    setItem(object, index, value) {
      const vector = asVector(object)
      if (vector) vector.items[Number(index)] = Number(value)
      return vector !== undefined
    },
    iterate: (object) => asVector(object)?.items.values(),
    length: (object) => asVector(object)?.items.length,
    truth: (object) => asVector(object)?.items.some(Boolean),
    repr: (object) => asVector(object) && `vector(${asVector(object)?.items})`,
    construct: (type, [size], _, instance) =>
      (type as object) === Task
        ? (new Task(BigInt(Number(size)), instance) as object as Foreign)
        : undefined,
    getInherited(type, name, _, instance) {
      if ((type as object) !== Task || name !== 'run') return undefined
      return new NativeFunction('run', ([x]) => ['inherited', x, instance ? 'instance' : 'class'])
    },
    exception: (error) =>
      error instanceof RangeFault ? { type: error.name, message: error.message } : undefined,
    import: (name) =>
      name === 'vectors'
        ? new Module('vectors', [])
        : name === 'vectors.zero'
          ? new Vector([0])
          : undefined,
  }
  const interpreter = new Interpreter({ host })
  interpreter.set('v', new Vector([1, 2]))
  interpreter.set(
    'fail',
    new NativeFunction('fail', () => {
      throw new TypeError('a defect')
    }),
  )
  interpreter.set('Task', interpreter.foreignClass(Task, 'Task'))
  return { interpreter, asked }
}

const run = (source: string) => {
  const { interpreter, asked } = setUp()
  interpreter.run(source)
  return { get: (name: string) => interpreter.get(name), interpreter, asked }
}

describe('objects of the host', () => {
  test('operators, reflected and in place', () => {
    const { get } = run('a = v + v; b = 2 * v; c = -v; w = v; w += 1; same = w is v')
    expect(get('a')).toEqual(new Vector([2, 4]))
    expect(get('b')).toEqual(new Vector([2, 4]))
    expect(get('c')).toEqual(new Vector([-1, -2]))
    expect(get('v')).toEqual(new Vector([2, 3]))
    expect(get('same')).toBe(true)
  })

  test('what they do not support is a TypeError', () => {
    const source = (code: string) => `
try: ${code}
except (TypeError, AttributeError) as e: m = type(e).__name__ + ': ' + str(e)`
    expect(run(source('v - 1')).get('m')).toBe(
      "TypeError: unsupported operand type(s) for -: 'Vector' and 'int'",
    )
    expect(run(source('~v')).get('m')).toBe("TypeError: bad operand type for unary ~: 'Vector'")
    expect(run(source('v < v')).get('m')).toBe(
      "TypeError: '<' not supported between instances of 'Vector' and 'Vector'",
    )
    expect(run(source('v.nope')).get('m')).toBe(
      "AttributeError: 'Vector' object has no attribute 'nope'",
    )
    expect(run(source('v.nope = 1')).get('m')).toBe(
      "AttributeError: 'Vector' object has no attribute 'nope'",
    )
    expect(run(source('v()')).get('m')).toBe("TypeError: 'Vector' object is not callable")
    expect(run(source('del v[0]')).get('m')).toBe(
      "TypeError: 'Vector' object doesn't support item deletion",
    )
  })

  test('attributes, methods, items, iteration', () => {
    const { get, asked } = run(`
f = v.first; v.first = 5; r = v.scale_(2, by=1) is v; v[1] = 7
items = [v[0], list(v), len(v), sum(v), 7.0 in v, bool(v), float(v), repr(v), f'{v}', str([v])]
part = v[..., 1:2, None]
x, y = v
e = v == v, v != v, v == 3, v in [v]
again = (v.__getitem__(0), v.__len__(), v.__add__(1).first, hasattr(v, '__len__'), '%s' % v)
kinds = (type(v).__name__, isinstance(v, Task), isinstance(v, type(v)), type(v) is type(v * 2))
`)
    expect(get('f')).toBe(1)
    expect(get('r')).toBe(true)
    expect(get('items')).toEqual([
      10,
      [10, 7],
      2n,
      17,
      true,
      true,
      17,
      'vector(10,7)',
      'vector(10,7)',
      '[vector(10,7)]',
    ])
    expect(asked.slice(0, 2)).toEqual([2n, 'by'])
    expect(asked[3]).toMatchObject({ items: [{ name: 'Ellipsis' }, new Slice(1n, 2n, null), null] })
    expect([get('x'), get('y')]).toEqual([10, 7])
    expect(get('e')).toMatchObject({ items: [true, false, false, true] })
    expect(get('again')).toMatchObject({ items: [10, 2n, 11, true, 'vector(10,7)'] })
    expect(get('kinds')).toMatchObject({ items: ['Vector', false, true, true] })
  })

  test('errors of the host are caught by the class that they name', () => {
    const { get } = run(`
try: v[9]
except LookupError as e: m = str(e), type(e) is IndexError
`)
    expect(get('m')).toMatchObject({ items: ['index 9 is out of bounds', true] })
  })

  test('a defect of the host is not caught', () => {
    const { interpreter } = setUp()
    expect(() => interpreter.run('try: fail()\nexcept Exception: pass')).toThrow(TypeError)
    expect(() => interpreter.run('try: fail()\nfinally: done = 1')).toThrow('a defect')
    expect(interpreter.get('done')).toBe(1n)
  })

  test('modules', () => {
    const { get } = run('import vectors.zero as z; from vectors import zero')
    expect(get('z')).toEqual(new Vector([0]))
    expect(get('zero')).toEqual(new Vector([0]))
  })
})

describe('a class derived from one of the host', () => {
  test('has an instance with two sides', () => {
    const { get } = run(`
class Mine(Task):
    def __init__(self, n):
        self.early = n
        super().__init__(n * 2)
        self.plain = 1; self.kept_here = 2
    def run(self, x): return [self.size, x, super().run(x)]
m = Mine(3)
r = m(5)
seen = m.early, m.size, m.plain, m.kept_here, isinstance(m, Task), isinstance(m, Mine), list(m.__dict__)
unbound = Mine.run(m, 1)[1], Task.run(0)
try: m.nope
except AttributeError as e: text = str(e)
`)
    expect(get('r')).toEqual([6n, 5n, ['inherited', 5n, 'instance']])
    expect(get('seen')).toMatchObject({ items: [3n, 6n, 1n, 2n, true, true, ['early', 'plain']] })
    expect(get('unbound')).toMatchObject({ items: [1n, ['inherited', 0n, 'class']] })
    expect(get('text')).toBe("'Mine' object has no attribute 'nope'")
    const instance = get('m')
    expect(instance).toBeInstanceOf(Instance)
    expect(instance instanceof Instance && instance.native).toBeInstanceOf(Task)
  })

  test('needs no __init__ of its own', () => {
    const { get } = run('class Mine(Task): pass\ns = Mine(4).size\nplain = Task(2).size')
    expect([get('s'), get('plain')]).toEqual([4n, 2n])
  })
})

describe('an interpreter', () => {
  test('tells int from float', () => {
    const { get } = run('i = 3; f = 3.0; l = [1, 1.]; b = True')
    expect([get('i'), get('f'), get('l'), get('b')]).toEqual([3n, 3, [1n, 1], true])
  })

  test('keeps variables from run to run, and calls back', () => {
    const { interpreter } = setUp()
    interpreter.run('n = 1\ndef f(x, *, k=0): return n + x + k')
    interpreter.run('n = 10')
    const f = interpreter.get('f') as Value
    expect(interpreter.call(f, [1n], new Map([['k', 100n]]))).toBe(111n)
    expect(isForeign(f)).toBe(false)
    interpreter.set('given', new PyIterator([1n, 2n].values(), 'iterator'))
    interpreter.run('total = sum(given)')
    expect(interpreter.get('total')).toBe(3n)
  })

  test('says what was raised and where', () => {
    const { interpreter } = setUp()
    const raised = (source: string) => {
      try {
        interpreter.run(source)
      } catch (error) {
        return interpreter.raised(error)
      }
      return undefined
    }
    expect(raised('x = 1\n\nraise KeyError("k")')).toEqual({
      type: 'KeyError',
      message: "'k'",
      line: 3,
    })
    expect(raised('class E(ValueError): pass\nraise E(1, 2)')).toEqual({
      type: 'E',
      message: '(1, 2)',
      line: 2,
    })
    expect(raised('def f():\n  return v[9]\nf()')).toMatchObject({
      type: 'IndexError',
      message: 'index 9 is out of bounds',
    })
    expect(interpreter.raised(new TypeError('a defect'))).toBeUndefined()
  })
})
