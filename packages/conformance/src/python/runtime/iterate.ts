import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { isForeign, isList, PyIterator, Range, Tuple, type Value } from '../values/value.ts'
import { isException } from './errors.ts'
import type { Runtime } from './runtime.ts'
import { ownSpecial, typeName, underlying } from './types.ts'

/** `iter(value)`, as an iterator of JavaScript. @throws PyError TypeError */
export function iterate(rt: Runtime, value: Value): Iterator<Value> {
  if (isList(value)) return value[Symbol.iterator]()
  if (value instanceof Tuple) return value.items[Symbol.iterator]()
  if (typeof value === 'string' || value instanceof Range || value instanceof PySet)
    return value[Symbol.iterator]()
  if (value instanceof PyIterator) return value[Symbol.iterator]()
  if (value instanceof Dict) return value.keys()
  if (value instanceof DictView) return viewItems(value)
  const iter = ownSpecial(value, '__iter__')
  if (iter) return fromNext(rt, iter())
  const item = ownSpecial(value, '__getitem__')
  if (item) return fromGetItem(rt, item)
  const inner = underlying(value)
  if (inner !== value) return iterate(rt, inner)
  const iterator = isForeign(value) ? rt.host.iterate?.(value) : undefined
  if (!iterator) throw raise('TypeError', `'${typeName(rt, value)}' object is not iterable`)
  return iterator
}

function* viewItems({ dict, part }: DictView): Generator<Value> {
  for (const [key, value] of dict.entries())
    yield part === 'keys' ? key : part === 'values' ? value : new Tuple([key, value])
}

/** What `__iter__` returned: an iterator of the interpreter, or an object with `__next__`. */
function fromNext(rt: Runtime, iterator: Value): Iterator<Value> {
  const next = ownSpecial(iterator, '__next__')
  return next ? untilError(rt, next, 'StopIteration') : iterate(rt, iterator)
}

function* untilError(rt: Runtime, next: () => Value, type: string): Generator<Value> {
  for (;;) {
    let value: Value
    try {
      value = next()
    } catch (error) {
      if (isException(rt, error, type)) return
      throw error
    }
    yield value
  }
}

function fromGetItem(rt: Runtime, item: (index: Value) => Value): Iterator<Value> {
  let index = 0n
  return untilError(rt, () => item(index++), 'IndexError')
}

/** All values of an iterable. */
export function toList(rt: Runtime, value: Value): Value[] {
  if (isList(value)) return value.slice()
  return [...values(rt, value)]
}

/** An iterable of JavaScript for `for … of`. */
export const values = (rt: Runtime, value: Value): Iterable<Value> => ({
  [Symbol.iterator]: () => iterate(rt, value),
})
