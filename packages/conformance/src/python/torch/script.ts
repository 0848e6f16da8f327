/** Recorded programs: their inputs as variables, and what the variables are afterwards. */

import { Tensor } from '@sconce/core'
import { decodeFloat } from '../../compare/decode.ts'
import type { HostValue } from '../../compare/host.ts'
import { toTensor } from '../../execute/arguments.ts'
import { readTensor } from '../../execute/read.ts'
import type { GoldenValue } from '../../golden/types.ts'
import { Dict, DictView, PySet } from '../values/dict.ts'
import { ELLIPSIS, isList, Slice, Tuple, type Value } from '../values/value.ts'
import { findNamed, Named, TorchDevice } from './named.ts'

/** A recorded value as a program has it. */
export function fromRecorded(value: GoldenValue, device: string): Value {
  const inner = (item: GoldenValue): Value => fromRecorded(item, device)
  switch (value.t) {
    case 'tensor':
      return toTensor(value, device)
    case 'int':
      return BigInt(value.v)
    case 'float':
      return decodeFloat(value.v)
    case 'none':
      return null
    case 'ellipsis':
      return ELLIPSIS
    case 'list':
      return value.v.map(inner)
    case 'tuple':
      return new Tuple(value.v.map(inner))
    case 'size':
      return new Tuple(value.v.map(BigInt))
    case 'dict':
      return new Dict(Object.entries(value.v).map(([name, item]) => [name, inner(item)]))
    case 'slice':
      return new Slice(inner(value.start), inner(value.stop), inner(value.step))
    case 'dtype':
    case 'memory_format':
    case 'layout':
      return findNamed(value.v) ?? value.v
    default:
      return value.v
  }
}

/** What a variable holds, read to host memory. */
export async function readVariable(value: Value): Promise<HostValue> {
  if (value instanceof Tensor) return readTensor(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return Promise.all(value.map(readVariable))
  if (value instanceof Tuple) return Promise.all(value.items.map(readVariable))
  if (value instanceof PySet) return Promise.all([...value].map(readVariable))
  if (value instanceof DictView)
    return readVariable(value.part === 'values' ? [...value.dict.values()] : [...value.dict.keys()])
  if (value instanceof Named) return value.name
  if (value instanceof TorchDevice) return String(value)
  if (!(value instanceof Dict)) throw new TypeError(`a variable holds ${value.constructor.name}`)
  const members = [...value.entries()].map(
    async ([name, member]) => [String(name), await readVariable(member)] as const,
  )
  return Object.fromEntries(await Promise.all(members))
}
