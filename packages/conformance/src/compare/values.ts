import type { GoldenValue } from '../golden/types.ts'
import { at, type CompareOptions, type Comparison, different, same, worst } from './comparison.ts'
import { decodeFloat, decodeInt, decodeTensor } from './decode.ts'
import { describeTensor, type HostValue, isHostList, isHostTensor } from './host.ts'
import { compareTensors } from './tensors.ts'

/** A value for a message. */
export function describeValue(value: HostValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isHostTensor(value)) return `a tensor ${describeTensor(value)}`
  if (isHostList(value)) return `a list of ${value.length}`
  return `an object with ${Object.keys(value).join(', ') || 'no members'}`
}

const unequal = (expected: string, actual: HostValue): Comparison =>
  different(`expected ${expected}, got ${describeValue(actual)}`)

/**
 * A Python float. One that is a float32 came from `item()` of a float32 tensor, most likely, and is as
 * exact as that.
 */
function compareNumber(actual: HostValue, expected: number, options: CompareOptions): Comparison {
  if (typeof actual !== 'number') return unequal(`the number ${expected}`, actual)
  const dtype = Math.fround(expected) === expected ? 'float32' : 'float64'
  const scalar = (value: number) => ({ dtype, shape: [], data: new Float64Array([value]) }) as const
  // Both are given as float64, so that the comparison does not round; the tolerance is the dtype's.
  return compareTensors({ ...scalar(actual), dtype }, { ...scalar(expected), dtype }, options)
}

const camelCase = (name: string): string =>
  name.replace(/(?<=[^_])_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** A member by its Python name, as it is or in camelCase. */
function member(value: { readonly [name: string]: HostValue }, name: string): HostValue {
  if (Object.hasOwn(value, name)) return value[name]
  const camel = camelCase(name)
  return Object.hasOwn(value, camel) ? value[camel] : undefined
}

const isRecord = (value: HostValue): value is { readonly [name: string]: HostValue } =>
  typeof value === 'object' && value !== null && !isHostList(value) && !isHostTensor(value)

function compareMembers(
  actual: HostValue,
  expected: readonly (readonly [string, GoldenValue])[],
  options: CompareOptions,
): Comparison {
  const names = expected.map(([name]) => name)
  if (!isRecord(actual)) return unequal(`an object with ${names.join(', ')}`, actual)
  const known = new Set([...names, ...names.map(camelCase)])
  const extra = Object.keys(actual).filter((name) => !known.has(name))
  if (extra.length > 0) return different(`unexpected members ${extra.join(', ')}`)
  return worst(
    expected.map(([name, value]) => at(name, compareValues(member(actual, name), value, options))),
  )
}

function compareList(
  actual: HostValue,
  expected: readonly GoldenValue[],
  options: CompareOptions,
): Comparison {
  if (!isHostList(actual)) return unequal(`a list of ${expected.length}`, actual)
  if (actual.length !== expected.length) return unequal(`a list of ${expected.length}`, actual)
  return worst(expected.map((value, i) => at(`${i}`, compareValues(actual[i], value, options))))
}

/**
 * Compares what the library returned with a recorded value. A tuple with names may be a list or an object
 * with those names (in camelCase too), one without names an object with as many members; `none` is null or
 * undefined; an int may be a number or a bigint.
 * @throws TypeError for tags that are arguments only (slice, ellipsis)
 */
export function compareValues(
  actual: HostValue,
  expected: GoldenValue,
  options: CompareOptions = {},
): Comparison {
  switch (expected.t) {
    case 'tensor': {
      const tensor = decodeTensor(expected)
      return isHostTensor(actual)
        ? compareTensors(actual, tensor, options)
        : unequal(`a tensor ${describeTensor(tensor)}`, actual)
    }
    case 'float':
      return compareNumber(actual, decodeFloat(expected.v), options)
    case 'int': {
      const number = decodeInt(expected.v)
      const integer = typeof actual === 'number' || typeof actual === 'bigint'
      // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number by value
      return integer && actual == number ? same : unequal(`${number}`, actual)
    }
    case 'bool':
      return actual === expected.v ? same : unequal(`${expected.v}`, actual)
    case 'str':
    case 'dtype':
    case 'memory_format':
    case 'layout':
      return actual === expected.v ? same : unequal(JSON.stringify(expected.v), actual)
    case 'none':
      return actual === null || actual === undefined ? same : unequal('nothing', actual)
    case 'size':
      return compareList(
        actual,
        expected.v.map((v) => ({ t: 'int', v })),
        options,
      )
    case 'list':
      return compareList(actual, expected.v, options)
    case 'tuple':
      if (expected.names && !isHostList(actual))
        return compareMembers(actual, zip(expected.names, expected.v), options)
      return compareList(isRecord(actual) ? Object.values(actual) : actual, expected.v, options)
    case 'dict':
      return compareMembers(actual, Object.entries(expected.v), options)
    case 'slice':
    case 'ellipsis':
      throw new TypeError(`a ${expected.t} is an argument, never a result`)
    default:
      return expected satisfies never
  }
}

const zip = <A, B>(a: readonly A[], b: readonly B[]): [A, B][] => a.map((item, i) => [item, b[i]])
