import { Tensor, TypeError_ } from '@sconce/core'

/**
 * Nested values as JSON, with the tensors aside. What JSON can't say is an object with a `$` that names
 * its kind.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A tree taken apart. */
export interface Parts {
  readonly json: Json
  readonly tensors: ReadonlyMap<string, Tensor>
}

const isPlain = (x: object): x is Record<string, unknown> =>
  Object.getPrototypeOf(x) === Object.prototype || Object.getPrototypeOf(x) === null

const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

/** Nesting that no state has; cycles end here too. */
const MAX_DEPTH = 200

/** Takes a tree apart: each tensor is named by its path, such as `model.fc.weight`. */
export function takeApart(tree: unknown): Parts {
  const tensors = new Map<string, Tensor>()
  const nameOf = (path: readonly string[]): string => {
    const name = path.join('.') || 'value'
    let unique = name
    // Different paths may read alike: { 'a.b': … } and { a: { b: … } }.
    for (let i = 2; tensors.has(unique); i++) unique = `${name}#${i}`
    return unique
  }
  const pairs = (entries: Iterable<readonly [unknown, unknown]>, path: readonly string[]): Json =>
    Array.from(entries, ([key, value]) => [walk(key, path), walk(value, [...path, String(key)])])

  const walk = (value: unknown, path: readonly string[]): Json => {
    if (path.length > MAX_DEPTH)
      throw new TypeError_(`values are nested more than ${MAX_DEPTH} deep`)
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (value === undefined) return { $: 'undefined' }
    if (typeof value === 'bigint') return { $: 'bigint', value: String(value) }
    if (typeof value === 'number') {
      const exact = Number.isFinite(value) && !Object.is(value, -0)
      return exact ? value : { $: 'number', value: Object.is(value, -0) ? '-0' : String(value) }
    }
    if (value instanceof Tensor) {
      const name = nameOf(path)
      tensors.set(name, value)
      return { $: 'tensor', name }
    }
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, String(i)]))
    if (value instanceof Map) return { $: 'map', entries: pairs(value, path) }
    if (typeof value === 'object' && isPlain(value)) {
      const entries = Object.entries(value)
      if ('$' in value) return { $: 'object', entries: pairs(entries, path) }
      return Object.fromEntries(entries.map(([key, item]) => [key, walk(item, [...path, key])]))
    }
    const what = typeof value === 'object' ? value.constructor.name : typeof value
    throw new TypeError_(`${path.join('.') || 'the value'}: a checkpoint can't hold a ${what}`)
  }
  return { json: walk(tree, []), tensors }
}

/**
 * Puts a tree together again.
 *
 * @param tensor gives the tensor of a name.
 * @param fail makes the error for JSON that no tree was taken apart to.
 */
export function putTogether(
  json: unknown,
  tensor: (name: string) => Tensor,
  fail: (message: string) => Error,
): unknown {
  const entriesOf = (value: unknown, depth: number): [unknown, unknown][] => {
    if (!Array.isArray(value) || !value.every((e) => Array.isArray(e) && e.length === 2)) {
      throw fail('entries are no list of pairs')
    }
    return value.map(([key, item]) => [build(key, depth), build(item, depth)])
  }
  const special: Readonly<
    Record<string, (node: Record<string, unknown>, depth: number) => unknown>
  > = {
    undefined: () => undefined,
    number: ({ value }) => Number(value),
    bigint: ({ value }) => {
      if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw fail('a bigint is no integer')
      return BigInt(value)
    },
    tensor: ({ name }) => {
      if (typeof name !== 'string') throw fail('a tensor has no name')
      return tensor(name)
    },
    map: ({ entries }, depth) => new Map(entriesOf(entries, depth)),
    object: ({ entries }, depth) => Object.fromEntries(entriesOf(entries, depth)),
  }
  const build = (node: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw fail(`values are nested more than ${MAX_DEPTH} deep`)
    if (Array.isArray(node)) return node.map((item) => build(item, depth + 1))
    if (!isObject(node)) return node
    if (!Object.hasOwn(node, '$')) {
      const entries = Object.entries(node)
      return Object.fromEntries(entries.map(([key, item]) => [key, build(item, depth + 1)]))
    }
    const kind = String(node.$)
    if (!Object.hasOwn(special, kind)) throw fail(`an unknown kind of value: '${kind}'`)
    return special[kind](node, depth + 1)
  }
  return build(json, 0)
}
