/** `value[index]`, read, written and deleted. */
import { PyClass } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { isForeign, isList, Range, Slice, Tuple, type Value } from '../values/value.ts'
import { indexOrUndefined } from './convert.ts'
import { toList } from './iterate.ts'
import type { Runtime } from './runtime.ts'
import { assignSlice, deleteSlice, sliceRange } from './slices.ts'
import { ownSpecial, typeName, underlying } from './types.ts'

/** Position in a sequence; `kind` is how the errors call it. */
function position(rt: Runtime, index: Value, length: number, kind: string, purpose = ''): number {
  const given = indexOrUndefined(rt, index)
  if (given === undefined)
    throw raise(
      'TypeError',
      `${kind} indices must be integers${kind === 'string' ? '' : ' or slices'}, not ${typeName(rt, index)}`,
    )
  const result = Number(given) + (given < 0n ? length : 0)
  const name = kind === 'range' ? 'range object' : kind
  if (result < 0 || result >= length)
    throw raise('IndexError', `${name} ${purpose}index out of range`)
  return result
}

/** The elements that an index picks from a sequence: one, or those of a slice put together. */
function pick<T, R>(
  rt: Runtime,
  items: readonly T[],
  index: Value,
  kind: string,
  together: (items: T[]) => R,
): T | R {
  if (!(index instanceof Slice)) return items[position(rt, index, items.length, kind)]
  return together(sliceRange(rt, index, items.length).indices.map((i) => items[i]))
}

function rangeItem(rt: Runtime, range: Range, index: Value): Value {
  if (!(index instanceof Slice)) return range.at(position(rt, index, range.length, 'range'))
  const { start, stop, step } = sliceRange(rt, index, range.length)
  return new Range(range.at(start), range.at(stop), range.step * BigInt(step))
}

function dictItem(dict: Dict, key: Value, owner: Value): Value {
  const value = dict.get(key)
  if (value !== undefined) return value
  const missing = ownSpecial(owner, '__missing__')
  if (missing) return missing(key)
  if (dict.typeName === 'Counter') return 0n
  if (!dict.factory) throw raise('KeyError', key)
  const made = dict.factory.call([])
  dict.set(key, made)
  return made
}

/** `value[index]`. */
export function getItem(rt: Runtime, value: Value, index: Value, owner: Value = value): Value {
  if (isList(value)) return pick(rt, value, index, 'list', (items): Value => items)
  if (value instanceof Tuple)
    return pick(
      rt,
      value.items,
      index,
      'tuple',
      (items): Value => new Tuple(items, value.kind?.closed ? value.kind : undefined),
    )
  if (typeof value === 'string')
    return pick(rt, [...value], index, 'string', (items) => items.join(''))
  if (value instanceof Dict) return dictItem(value, index, owner)
  if (value instanceof Range) return rangeItem(rt, value, index)
  const own = ownSpecial(value, '__getitem__')
  if (own) return own(index)
  const inner = underlying(value)
  if (inner !== value) return getItem(rt, inner, index, value)
  // `list[int]`, `Optional[int]`: only ever an annotation.
  if (value instanceof PyClass) return value
  const result = isForeign(value) ? rt.host.getItem?.(value, index) : undefined
  if (result === undefined)
    throw raise('TypeError', `'${typeName(rt, value)}' object is not subscriptable`)
  return result
}

/** `target[index] = value`. */
export function setItem(rt: Runtime, target: Value, index: Value, value: Value): void {
  if (isList(target)) {
    if (index instanceof Slice) assignSlice(rt, target, index, toList(rt, value))
    else target[position(rt, index, target.length, 'list', 'assignment ')] = value
    return
  }
  if (target instanceof Dict) {
    target.set(index, value)
    return
  }
  const own = ownSpecial(target, '__setitem__')
  if (own) {
    own(index, value)
    return
  }
  const inner = underlying(target)
  if (inner !== target) setItem(rt, inner, index, value)
  else if (!isForeign(target) || !rt.host.setItem?.(target, index, value))
    throw raise('TypeError', `'${typeName(rt, target)}' object does not support item assignment`)
}

/** `del target[index]`. */
export function deleteItem(rt: Runtime, target: Value, index: Value): void {
  if (isList(target)) {
    if (index instanceof Slice) deleteSlice(rt, target, index)
    else target.splice(position(rt, index, target.length, 'list', 'assignment '), 1)
    return
  }
  if (target instanceof Dict) {
    if (target.delete(index) === undefined) throw raise('KeyError', index)
    return
  }
  const own = ownSpecial(target, '__delitem__')
  if (own) {
    own(index)
    return
  }
  const inner = underlying(target)
  if (inner !== target) deleteItem(rt, inner, index)
  else if (!isForeign(target) || !rt.host.deleteItem?.(target, index))
    throw raise('TypeError', `'${typeName(rt, target)}' object doesn't support item deletion`)
}
