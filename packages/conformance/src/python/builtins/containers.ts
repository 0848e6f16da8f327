/** Methods of lists, tuples, dicts, sets, ranges, slices and generators. */
import { PyGenerator } from '../evaluate/generator.ts'
import { call } from '../runtime/call.ts'
import { compare, equal } from '../runtime/compare.ts'
import { toIndex, truth } from '../runtime/convert.ts'
import { toThrow } from '../runtime/errors.ts'
import { toList, values } from '../runtime/iterate.ts'
import { repr } from '../runtime/repr.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { sliceRange } from '../runtime/slices.ts'
import { underlying } from '../runtime/types.ts'
import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { isList, type Kwargs, Range, Slice, Tuple, type Value } from '../values/value.ts'
import { defineAttributes, defineMethods, defineStatic, does } from './methods.ts'

const isTuple = (value: Value): value is Tuple => value instanceof Tuple
const isDict = (value: Value): value is Dict => value instanceof Dict
const isSet = (value: Value): value is PySet => value instanceof PySet
const isRange = (value: Value): value is Range => value instanceof Range
const isSlice = (value: Value): value is Slice => value instanceof Slice
const isGenerator = (value: Value): value is PyGenerator => value instanceof PyGenerator

/** Sorts in place, stably, as `list.sort` does. */
export function sortList(
  rt: Runtime,
  list: Value[],
  key: Value = null,
  reverse: Value = false,
): void {
  const keyed = list.map((value) => ({ value, key: key === null ? value : call(rt, key, [value]) }))
  const less = (a: Value, b: Value): boolean => truth(rt, compare(rt, '<', a, b))
  const order = (a: Value, b: Value): number => (less(a, b) ? -1 : less(b, a) ? 1 : 0)
  // Backwards too, equal elements keep their order.
  keyed.sort((a, b) => (truth(rt, reverse) ? order(b.key, a.key) : order(a.key, b.key)))
  for (const [i, { value }] of keyed.entries()) list[i] = value
}

function indexOf(
  rt: Runtime,
  items: readonly Value[],
  value: Value,
  start: Value,
  end: Value,
): number {
  const { indices } = sliceRange(rt, new Slice(start, end, null), items.length)
  return indices.find((i) => equal(rt, items[i], value)) ?? -1
}

const countOf = (rt: Runtime, items: Iterable<Value>, value: Value): bigint =>
  BigInt([...items].filter((item) => equal(rt, item, value)).length)

function defineSequences(rt: Runtime): void {
  defineMethods(rt, rt.type('list'), isList, {
    'append value': does((list, [value]) => {
      list.push(value)
    }),
    'extend iterable': does((list, [iterable]) => {
      list.push(...toList(rt, iterable))
    }),
    'insert index value': does((list, [index, value]) => {
      list.splice(Number(toIndex(rt, index)), 0, value)
    }),
    'remove value': does((list, [value]) => {
      const index = indexOf(rt, list, value, null, null)
      if (index < 0) throw raise('ValueError', 'list.remove(x): x not in list')
      list.splice(index, 1)
    }),
    'pop index=': (list, [index = -1n]) => {
      if (list.length === 0) throw raise('IndexError', 'pop from empty list')
      const at = Number(toIndex(rt, index))
      const position = at < 0 ? at + list.length : at
      if (position < 0 || position >= list.length)
        throw raise('IndexError', 'pop index out of range')
      return list.splice(position, 1)[0]
    },
    clear: does((list) => {
      list.length = 0
    }),
    copy: (list) => list.slice(),
    reverse: does((list) => {
      list.reverse()
    }),
    'sort * key= reverse=': does((list, [key, reverse]) => sortList(rt, list, key, reverse)),
    'count value': (list, [value]) => countOf(rt, list, value),
    'index value start= stop=': (list, [value, start = null, stop = null]) => {
      const index = indexOf(rt, list, value, start, stop)
      if (index < 0) throw raise('ValueError', `${repr(rt, value)} is not in list`)
      return BigInt(index)
    },
  })
  defineMethods(rt, rt.type('tuple'), isTuple, {
    'count value': ({ items }, [value]) => countOf(rt, items, value),
    'index value start= stop=': ({ items }, [value, start = null, stop = null]) => {
      const index = indexOf(rt, items, value, start, stop)
      if (index < 0) throw raise('ValueError', 'tuple.index(x): x not in tuple')
      return BigInt(index)
    },
  })
  defineMethods(rt, rt.type('range'), isRange, {
    'count value': (range, [value]) => countOf(rt, range, value),
    'index value': (range, [value]) => {
      const index = [...range].findIndex((item) => equal(rt, item, value))
      if (index < 0) throw raise('ValueError', `${repr(rt, value)} is not in range`)
      return BigInt(index)
    },
  })
  defineAttributes(rt.type('range'), isRange, {
    start: (range) => range.start,
    stop: (range) => range.stop,
    step: (range) => range.step,
  })
  defineAttributes(rt.type('slice'), isSlice, {
    start: (slice) => slice.start,
    stop: (slice) => slice.stop,
    step: (slice) => slice.step,
  })
  defineMethods(rt, rt.type('slice'), isSlice, {
    'indices length': (slice, [length]) => {
      const { start, stop, step } = sliceRange(rt, slice, Number(toIndex(rt, length)))
      return new Tuple([start, stop, step].map(BigInt))
    },
  })
}

/** Adds what `dict(source, **named)` and `d.update(source, **named)` name. */
export function updateDict(
  rt: Runtime,
  dict: Dict,
  source: Value | undefined,
  named: Kwargs,
): void {
  const other = source === undefined ? undefined : underlying(source)
  if (other instanceof Dict) for (const [key, value] of other.entries()) dict.set(key, value)
  else if (other !== undefined) {
    let index = 0
    for (const pair of values(rt, other)) {
      const entry = pairOf(rt, pair, index++)
      dict.set(entry[0], entry[1])
    }
  }
  for (const [key, value] of named) dict.set(key, value)
}

function pairOf(rt: Runtime, pair: Value, index: number): Value[] {
  const prefix = `dictionary update sequence element #${index}`
  if (!isList(pair) && !isTuple(pair) && typeof pair !== 'string')
    throw raise('TypeError', `cannot convert ${prefix} to a sequence`)
  const items = toList(rt, pair)
  if (items.length !== 2)
    throw raise('ValueError', `${prefix} has length ${items.length}; 2 is required`)
  return items
}

function defineDicts(rt: Runtime): void {
  defineMethods(rt, rt.type('dict'), isDict, {
    keys: (dict) => new DictView(dict, 'keys'),
    values: (dict) => new DictView(dict, 'values'),
    items: (dict) => new DictView(dict, 'items'),
    'get key default=': (dict, [key, fallback = null]) => dict.get(key) ?? fallback,
    'pop key default=': (dict, [key, fallback]) => {
      const value = dict.delete(key) ?? fallback
      if (value === undefined) throw raise('KeyError', key)
      return value
    },
    'popitem last=': (dict, [last = true]) => {
      const entries = [...dict.entries()]
      const entry = truth(rt, last) ? entries.at(-1) : entries[0]
      if (!entry) throw raise('KeyError', 'popitem(): dictionary is empty')
      dict.delete(entry[0])
      return new Tuple(entry)
    },
    'setdefault key default=': (dict, [key, fallback = null]) => {
      const value = dict.get(key)
      if (value !== undefined) return value
      dict.set(key, fallback)
      return fallback
    },
    'update other= **': does((dict, [other], named) => updateDict(rt, dict, other, named)),
    clear: does((dict) => dict.clear()),
    copy: (dict) => {
      const copy = new Dict(dict.entries(), dict.typeName)
      copy.factory = dict.factory
      return copy
    },
  })
  defineStatic(rt.type('dict'), {
    'fromkeys keys value=': ([keys, value = null]) =>
      new Dict(toList(rt, keys).map((key) => [key, value])),
  })
}

function defineSets(rt: Runtime): void {
  const all = (others: Value[]): Value[][] => others.map((other) => toList(rt, other))
  const without = (set: PySet, others: Value[]): Value[] => {
    const gone = new PySet(all(others).flat())
    return [...set].filter((value) => !gone.has(value))
  }
  const within = (set: PySet, others: Value[]): Value[] => {
    const sets = all(others).map((other) => new PySet(other))
    return [...set].filter((value) => sets.every((other) => other.has(value)))
  }
  const refill = (set: PySet, elements: Value[]): void => {
    set.clear()
    for (const element of elements) set.add(element)
  }
  const like = (set: PySet, elements: Value[]): PySet => new PySet(elements, set.typeName)
  const subset = (a: PySet, b: PySet): boolean => [...a].every((value) => b.has(value))
  for (const name of ['set', 'frozenset'])
    defineMethods(rt, rt.type(name), isSet, {
      copy: (set) => like(set, [...set]),
      'union *args': (set, others) => like(set, [...set, ...all(others).flat()]),
      'intersection *args': (set, others) => like(set, within(set, others)),
      'difference *args': (set, others) => like(set, without(set, others)),
      'symmetric_difference other': (set, [other]) => {
        const given = new PySet(toList(rt, other))
        return like(set, [...without(set, [given]), ...without(given, [set])])
      },
      'issubset other': (set, [other]) => subset(set, new PySet(toList(rt, other))),
      'issuperset other': (set, [other]) => subset(new PySet(toList(rt, other)), set),
      'isdisjoint other': (set, [other]) => within(set, [other]).length === 0,
    })
  defineMethods(rt, rt.type('set'), isSet, {
    'add value': does((set, [value]) => set.add(value)),
    'discard value': does((set, [value]) => {
      set.delete(value)
    }),
    'remove value': does((set, [value]) => {
      if (!set.delete(value)) throw raise('KeyError', value)
    }),
    pop: (set) => {
      const [first] = set
      if (first === undefined) throw raise('KeyError', 'pop from an empty set')
      set.delete(first)
      return first
    },
    clear: does((set) => set.clear()),
    'update *args': does((set, others) => {
      for (const value of all(others).flat()) set.add(value)
    }),
    'intersection_update *args': does((set, others) => refill(set, within(set, others))),
    'difference_update *args': does((set, others) => refill(set, without(set, others))),
  })
}

function defineGenerators(rt: Runtime): void {
  const produced = (value: Value | undefined, { returned }: PyGenerator): Value => {
    if (value === undefined)
      throw returned === null ? raise('StopIteration') : raise('StopIteration', returned)
    return value
  }
  defineMethods(rt, rt.type('generator'), isGenerator, {
    'send value': (generator, [value]) => produced(generator.send(value), generator),
    'throw type value= traceback=': (generator, [type, value]) =>
      produced(generator.throw(toThrow(rt, value ?? type)), generator),
    close: does((generator) => generator.close()),
  })
}

export function defineContainers(rt: Runtime): void {
  defineSequences(rt)
  defineDicts(rt)
  defineSets(rt)
  defineGenerators(rt)
}
