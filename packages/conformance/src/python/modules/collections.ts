import { updateDict } from '../builtins/containers.ts'
import { defineMethods, does, functions } from '../builtins/methods.ts'
import { isCallable } from '../runtime/call.ts'
import { truth } from '../runtime/convert.ts'
import { dunder } from '../runtime/dunders.ts'
import { toList, values } from '../runtime/iterate.ts'
import { binary } from '../runtime/operators.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { ownSpecial, typeName } from '../runtime/types.ts'
import { MethodWrapper, PyClass } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { native } from '../values/functions.ts'
import {
  Callable,
  isList,
  type Kwargs,
  Module,
  Range,
  Tuple,
  type TupleKind,
  type Value,
} from '../values/value.ts'

const isDict = (value: Value): value is Dict => value instanceof Dict

/** `namedtuple(name, fields, defaults=…)`. */
export function namedTuple(
  rt: Runtime,
  name: string,
  fields: readonly string[],
  defaults: readonly Value[] = [],
): PyClass {
  const type = new PyClass(rt, name, [rt.type('tuple')])
  const kind: TupleKind = { name, fields, type }
  const optional = fields.length - defaults.length
  const signature = fields.map((field, i) => (i < optional ? field : `${field}=`)).join(' ')
  const make = native(`${name}.__new__`, signature, (args) => {
    const items = fields.map((_, i) => args[i] ?? defaults[i - optional])
    return new Tuple(items, kind)
  })
  type.create = (args, kwargs) => make.call(args, kwargs)
  const isOwn = (value: Value): value is Tuple => value instanceof Tuple
  defineMethods(rt, type, isOwn, {
    _asdict: ({ items }) => new Dict(fields.map((field, i) => [field, items[i]])),
    '_replace **': ({ items }, _, named) =>
      new Tuple(
        items.map((item, i) => named.get(fields[i]) ?? item),
        kind,
      ),
  })
  type.members.set('_fields', new Tuple(fields))
  type.members.set(
    '_make',
    new MethodWrapper(
      'staticmethod',
      native('_make', 'iterable', ([iterable]) => make.call(toList(rt, iterable))),
    ),
  )
  return type
}

function fieldNames(rt: Runtime, value: Value): string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter(Boolean)
  return toList(rt, value).map(String)
}

/** `Counter(iterable)`. */
function count(rt: Runtime, counter: Dict, source: Value | undefined, sign: bigint): void {
  const add = (key: Value, amount: Value): void =>
    counter.set(key, binary(rt, '+', counter.get(key) ?? 0n, binary(rt, '*', amount, sign)))
  if (source instanceof Dict) for (const [key, amount] of source.entries()) add(key, amount)
  else if (source !== undefined) for (const key of values(rt, source)) add(key, 1n)
}

function defineDicts(rt: Runtime): PyClass[] {
  const ordered = rt.defineType('OrderedDict', { base: 'dict' })
  const filled = (dict: Dict, source: Value | undefined, named: Kwargs): Dict => {
    updateDict(rt, dict, source, named)
    return dict
  }
  ordered.create = ([source], named) => filled(new Dict([], 'OrderedDict'), source, named)
  defineMethods(rt, ordered, isDict, {
    'move_to_end key last=': does((dict, [key, last = true]) => dict.move(key, truth(rt, last))),
  })
  const defaulting = rt.defineType('defaultdict', { base: 'dict' })
  defaulting.create = ([factory = null, source], named) => {
    const dict = filled(new Dict([], 'defaultdict'), source, named)
    if (factory instanceof Callable) dict.factory = factory
    else if (factory !== null) throw raise('TypeError', 'first argument must be callable or None')
    return dict
  }
  const counter = rt.defineType('Counter', { base: 'dict' })
  counter.create = ([source], named) => {
    const dict = new Dict([], 'Counter')
    count(rt, dict, source, 1n)
    return filled(dict, undefined, named)
  }
  defineMethods(rt, counter, isDict, {
    'most_common n=': (dict, [n = null]) => {
      const pairs = [...dict.entries()].sort(([, a], [, b]) => Number(b) - Number(a))
      return pairs.slice(0, n === null ? undefined : Number(n)).map((pair) => new Tuple(pair))
    },
    elements: (dict) =>
      [...dict.entries()].flatMap(([key, n]) => Array.from({ length: Number(n) }, () => key)),
    total: (dict) => [...dict.values()].reduce((sum, n) => binary(rt, '+', sum, n), 0n),
    'update source=': does((dict, [source]) => count(rt, dict, source, 1n)),
    'subtract source=': does((dict, [source]) => count(rt, dict, source, -1n)),
  })
  return [ordered, defaulting, counter]
}

/** Classes of `collections.abc` by what their instances can do. */
const ABSTRACT: { [name: string]: (rt: Runtime, value: Value) => boolean } = {
  Callable: isCallable,
  Iterable: (rt, value) => has(rt, value, '__iter__'),
  Iterator: (rt, value) => has(rt, value, '__next__'),
  Sized: (rt, value) => has(rt, value, '__len__'),
  Container: (rt, value) => has(rt, value, '__contains__'),
  Hashable: (_, value) => !isList(value) && !(value instanceof Dict),
  Mapping: (_, value) => value instanceof Dict,
  MutableMapping: (_, value) => value instanceof Dict,
  Sequence: (_, value) =>
    isList(value) || value instanceof Tuple || value instanceof Range || typeof value === 'string',
  MutableSequence: (_, value) => isList(value),
}

const has = (rt: Runtime, value: Value, name: string): boolean =>
  ownSpecial(value, name) !== undefined || dunder(rt, value, name) !== undefined

export function abstractModule(rt: Runtime): Module {
  const members = Object.entries(ABSTRACT).map(([name, accepts]) => {
    const type = new PyClass(rt, name, [rt.type('object')])
    type.accepts = (value) => accepts(rt, value)
    return [name, type] as const
  })
  return new Module('collections.abc', members)
}

export function collectionsModule(rt: Runtime): Module {
  const [make] = functions({
    'namedtuple typename field_names * defaults=': ([name, fields, defaults = null]) => {
      if (typeof name !== 'string')
        throw raise('TypeError', `type name must be a string, not ${typeName(rt, name)}`)
      return namedTuple(
        rt,
        name,
        fieldNames(rt, fields),
        defaults === null ? [] : toList(rt, defaults),
      )
    },
  })
  const classes = defineDicts(rt).map((type) => [type.name, type] as const)
  return new Module('collections', [...classes, [make.name, make]])
}
