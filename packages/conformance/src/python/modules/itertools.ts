import { functions } from '../builtins/methods.ts'
import { call } from '../runtime/call.ts'
import { equal } from '../runtime/compare.ts'
import { toIndex, truth } from '../runtime/convert.ts'
import { iterate, toList, values } from '../runtime/iterate.ts'
import { binary } from '../runtime/operators.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { raise } from '../values/errors.ts'
import { Module, PyIterator, Tuple, type Value } from '../values/value.ts'

type Maker = (rt: Runtime, args: Value[], named: ReadonlyMap<string, Value>) => Iterator<Value>

const optional = (rt: Runtime, value: Value): number | undefined =>
  value === null ? undefined : Number(toIndex(rt, value))

function* chain(rt: Runtime, iterables: Iterable<Value>): Generator<Value> {
  for (const iterable of iterables) yield* values(rt, iterable)
}

function* count(rt: Runtime, start: Value, step: Value): Generator<Value> {
  for (let value = start; ; value = binary(rt, '+', value, step)) yield value
}

function* cycle(rt: Runtime, iterable: Value): Generator<Value> {
  const items = toList(rt, iterable)
  while (items.length > 0) yield* items
}

function* repeat(value: Value, times: number): Generator<Value> {
  for (let i = 0; i < times; i++) yield value
}

function* slice(
  rt: Runtime,
  iterable: Value,
  start: number,
  stop: number,
  step: number,
): Generator<Value> {
  let index = 0
  let wanted = start
  const iterator = iterate(rt, iterable)
  while (wanted < stop) {
    const item = iterator.next()
    if (item.done) return
    if (index++ !== wanted) continue
    yield item.value
    wanted += step
  }
}

function* accumulate(rt: Runtime, iterable: Value, fn: Value, initial: Value): Generator<Value> {
  let total: Value | undefined = initial === null ? undefined : initial
  if (total !== undefined) yield total
  for (const value of values(rt, iterable)) {
    if (total === undefined) total = value
    else total = fn === null ? binary(rt, '+', total, value) : call(rt, fn, [total, value])
    yield total
  }
}

/** All ways to take one index of each list of choices; the last changes fastest. */
function* choices(sizes: readonly number[]): Generator<number[]> {
  if (sizes.some((size) => size === 0)) return
  const index = sizes.map(() => 0)
  for (;;) {
    yield index.slice()
    let dim = sizes.length - 1
    while (dim >= 0 && ++index[dim] === sizes[dim]) index[dim--] = 0
    if (dim < 0) return
  }
}

function* product(rt: Runtime, iterables: readonly Value[], times: number): Generator<Value> {
  const pools = Array.from({ length: times }, () => iterables.map((v) => toList(rt, v))).flat()
  for (const index of choices(pools.map((pool) => pool.length)))
    yield new Tuple(index.map((i, dim) => pools[dim][i]))
}

/** Tuples of `size` elements whose positions pass `allowed`. */
function* picks(
  items: readonly Value[],
  size: number,
  allowed: (index: number[]) => boolean,
): Generator<Value> {
  for (const index of choices(new Array<number>(size).fill(items.length)))
    if (allowed(index)) yield new Tuple(index.map((i) => items[i]))
}

const ascending = (index: number[]): boolean => index.every((v, i) => i === 0 || v > index[i - 1])
const notDescending = (index: number[]): boolean =>
  index.every((v, i) => i === 0 || v >= index[i - 1])
const distinct = (index: number[]): boolean => new Set(index).size === index.length

function* zipLongest(rt: Runtime, iterables: readonly Value[], fill: Value): Generator<Value> {
  const iterators = iterables.map((iterable) => iterate(rt, iterable))
  for (;;) {
    const steps = iterators.map((iterator) => iterator.next())
    if (steps.every((step) => step.done)) return
    yield new Tuple(steps.map((step) => (step.done ? fill : step.value)))
  }
}

function* takeWhile(rt: Runtime, test: Value, iterable: Value): Generator<Value> {
  for (const value of values(rt, iterable)) {
    if (!truth(rt, call(rt, test, [value]))) return
    yield value
  }
}

function* dropWhile(rt: Runtime, test: Value, iterable: Value): Generator<Value> {
  let dropping = true
  for (const value of values(rt, iterable)) {
    dropping &&= truth(rt, call(rt, test, [value]))
    if (!dropping) yield value
  }
}

function* starMap(rt: Runtime, fn: Value, iterable: Value): Generator<Value> {
  for (const args of values(rt, iterable)) yield call(rt, fn, toList(rt, args))
}

function* pairwise(rt: Runtime, iterable: Value): Generator<Value> {
  let last: Value | undefined
  for (const value of values(rt, iterable)) {
    if (last !== undefined) yield new Tuple([last, value])
    last = value
  }
}

function* groupBy(rt: Runtime, iterable: Value, key: Value): Generator<Value> {
  let group: Value[] = []
  let current: Value | undefined
  const emit = (k: Value): Tuple =>
    new Tuple([k, new PyIterator(group[Symbol.iterator](), '_grouper')])
  for (const value of values(rt, iterable)) {
    const k = key === null ? value : call(rt, key, [value])
    if (current !== undefined && !equal(rt, current, k)) {
      yield emit(current)
      group = []
    }
    current = k
    group.push(value)
  }
  if (current !== undefined) yield emit(current)
}

function sliceBounds(rt: Runtime, [first, second, third = 1n]: Value[]): [number, number, number] {
  const [start, stop] = second === undefined ? [0n, first] : [first, second]
  const bounds = [optional(rt, start) ?? 0, optional(rt, stop) ?? Number.POSITIVE_INFINITY] as const
  if (bounds.some((bound) => bound < 0))
    throw raise(
      'ValueError',
      'Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.',
    )
  return [...bounds, optional(rt, third) ?? 1]
}

const MAKERS: { [nameAndSignature: string]: Maker } = {
  'chain *args': (rt, args) => chain(rt, args),
  'count start= step=': (rt, [start = 0n, step = 1n]) => count(rt, start, step),
  'cycle iterable': (rt, [iterable]) => cycle(rt, iterable),
  'repeat object times=': (rt, [value, times = null]) =>
    repeat(value, optional(rt, times) ?? Number.POSITIVE_INFINITY),
  'islice iterable *args': (rt, [iterable, ...bounds]) =>
    slice(rt, iterable, ...sliceBounds(rt, bounds)),
  'accumulate iterable func= * initial=': (rt, [iterable, fn = null, initial = null]) =>
    accumulate(rt, iterable, fn, initial),
  'product *args **': (rt, args, named) =>
    product(rt, args, optional(rt, named.get('repeat') ?? 1n) ?? 1),
  'permutations iterable r=': (rt, [iterable, r = null]) => {
    const items = toList(rt, iterable)
    return picks(items, optional(rt, r) ?? items.length, distinct)
  },
  'combinations iterable r': (rt, [iterable, r]) =>
    picks(toList(rt, iterable), Number(toIndex(rt, r)), ascending),
  'combinations_with_replacement iterable r': (rt, [iterable, r]) =>
    picks(toList(rt, iterable), Number(toIndex(rt, r)), notDescending),
  'zip_longest *args **': (rt, args, named) => zipLongest(rt, args, named.get('fillvalue') ?? null),
  'takewhile predicate iterable': (rt, [test, iterable]) => takeWhile(rt, test, iterable),
  'dropwhile predicate iterable': (rt, [test, iterable]) => dropWhile(rt, test, iterable),
  'starmap function iterable': (rt, [fn, iterable]) => starMap(rt, fn, iterable),
  'pairwise iterable': (rt, [iterable]) => pairwise(rt, iterable),
  'groupby iterable key=': (rt, [iterable, key = null]) => groupBy(rt, iterable, key),
}

export function itertoolsModule(rt: Runtime): Module {
  const table = Object.entries(MAKERS).flatMap(([key, make]) => {
    const [name] = key.split(' ')
    return functions({ [key]: (args, named) => new PyIterator(make(rt, args, named), name) })
  })
  const [fromIterable] = functions({
    'from_iterable iterable': ([iterable]) =>
      new PyIterator(chain(rt, values(rt, iterable)), 'chain'),
  })
  table.find((fn) => fn.name === 'chain')?.attributes.set('from_iterable', fromIterable)
  return new Module(
    'itertools',
    table.map((fn) => [fn.name, fn]),
  )
}
