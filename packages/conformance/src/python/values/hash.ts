import { Instance } from './classes.ts'
import { raise } from './errors.ts'
import { Callable, isForeign, isList, Range, Slice, Tuple, type Value } from './value.ts'

/** What a JavaScript Map tells apart exactly as Python's equality does. */
export type Key = unknown

const identities = new WeakMap<object, number>()
let identityCount = 0

/** A number for each object, never used twice. */
export function identity(object: object): number {
  let id = identities.get(object)
  if (id === undefined) {
    id = ++identityCount
    identities.set(object, id)
  }
  return id
}

/** `1`, `1.0` and `True` are one key. */
function numberKey(value: bigint | number): Key {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value
}

// Compound keys are strings that start with NUL; strings of the program that do so get a second one.
function compoundPart(value: Value): string {
  const key = hashKey(value)
  if (typeof key === 'object' && key !== null) return `o${identity(key)}`
  if (typeof key === 'string') return `s${key.length}:${key}`
  return `${typeof key === 'function' ? `o${identity(key)}` : `${typeof key}${String(key)}`}`
}

/** @throws PyError TypeError for what can't be hashed */
export function hashKey(value: Value): Key {
  switch (typeof value) {
    case 'string':
      return value.startsWith('\0') ? `\0${value}` : value
    case 'bigint':
    case 'number':
      return numberKey(value)
    case 'boolean':
      return Number(value)
  }
  if (value === null || isForeign(value) || value instanceof Callable) return value
  if (value instanceof Tuple) return `\0(${value.items.map(compoundPart).join(',')})`
  if (value instanceof Range)
    return `\0r${value.length ? value.start : ''},${value.length},${value.step}`
  if (value instanceof Instance) return instanceKey(value)
  if (isList(value)) throw unhashable('list')
  if (isUnhashable(value)) throw unhashable(value.typeName)
  return value
}

const unhashable = (type: string): Error => raise('TypeError', `unhashable type: '${type}'`)

/** Containers say so themselves. */
const isUnhashable = (value: object): value is { unhashable: true; typeName: string } =>
  value instanceof Slice || ('unhashable' in value && value.unhashable === true)

function instanceKey(value: Instance): Key {
  const hash = value.type.lookup('__hash__')
  if (hash instanceof Callable) return `\0h${String(hash.call([value]))}`
  if (hash === null) throw unhashable(value.typeName)
  if (value.native !== undefined && !isForeign(value.native)) return hashKey(value.native)
  return value
}
