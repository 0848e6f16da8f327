/** `torch.float32`, `torch.contiguous_format`, `torch.device('cpu')`: constants that have a name. */
import { type DType, dtypes, isDType, isFloat } from '@sconce/backend'
import { finfo } from '@sconce/core'
import type { Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'

export type NamedKind = 'dtype' | 'memory_format' | 'layout'

/** A constant of the `torch` module. There is one object for each, so that `is` compares. */
export class Named {
  constructor(
    readonly kind: NamedKind,
    readonly name: string,
  ) {}
}

/** `torch.device`. */
export class TorchDevice {
  constructor(
    readonly type: string,
    readonly index: number | null = null,
  ) {}
  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`
  }
}

const made = new Map<string, Named>()

export function named(kind: NamedKind, name: string): Named {
  let constant = made.get(name)
  if (!constant) {
    constant = new Named(kind, name)
    made.set(name, constant)
  }
  return constant
}

const DTYPE_ALIASES: { [alias: string]: DType } = {
  float: 'float32',
  double: 'float64',
  half: 'float16',
  long: 'int64',
  int: 'int32',
  short: 'int16',
}

/** The constant of this name, if the `torch` module has one. */
export function findNamed(name: string): Named | undefined {
  const dtype = Object.hasOwn(DTYPE_ALIASES, name) ? DTYPE_ALIASES[name] : name
  if (isDType(dtype)) return named('dtype', dtype)
  if (/^(contiguous|preserve|channels_last)_format$|^channels_last/.test(name))
    return named('memory_format', name)
  return name === 'strided' ? named('layout', name) : undefined
}

/** The dtype that a constant stands for on the device. */
export const toDType = ({ holdsInt64 }: Binding, { name }: Named): string =>
  name === 'int64' && !holdsInt64 ? 'int32' : name

/** `'cpu'`, `'cpu:0'` and `torch.device('cpu')` are the device under test. */
export const toDevice = ({ device }: Binding, given: string): string =>
  /^cpu(:0)?$/.test(given) ? device : given

/** The device of a tensor as programs see it. */
export const deviceOf = ({ device }: Binding, name: string): TorchDevice =>
  new TorchDevice(name === device ? 'cpu' : name)

/** `torch.device('cpu', 0)`. */
export function makeDevice([type, index]: Value[]): TorchDevice {
  if (type instanceof TorchDevice) return type
  const [name, number] = String(type).split(':')
  const at = index === undefined || index === null ? number : index
  return new TorchDevice(name, at === undefined ? null : Number(at))
}

function dtypeAttribute(dtype: DType, name: string): Value | undefined {
  switch (name) {
    case 'is_floating_point':
      return isFloat(dtype)
    case 'is_complex':
      return false
    case 'is_signed':
      return dtype !== 'uint8' && dtype !== 'bool'
    case 'itemsize':
      return BigInt(dtypes[dtype].size)
    default:
      return undefined
  }
}

export const namedAdapter = ({ interpreter }: Binding): Adapter => ({
  owns: (object) => object instanceof Named || object instanceof TorchDevice,
  typeOf: (object) =>
    object instanceof Named
      ? interpreter.foreignClass(kindClass(object.kind), object.kind)
      : interpreter.foreignClass(TorchDevice, 'device'),
  getAttribute(object, name) {
    if (object instanceof TorchDevice) {
      if (name === 'type') return object.type
      if (name === 'index') return object.index === null ? null : BigInt(object.index)
      return undefined
    }
    return object instanceof Named && isDType(object.name)
      ? dtypeAttribute(object.name, name)
      : undefined
  },
  compare(op, left, right) {
    if (op !== '==' && op !== '!=') return undefined
    if (!(left instanceof TorchDevice && right instanceof TorchDevice)) return undefined
    return (String(left) === String(right)) === (op === '==')
  },
  repr(object) {
    if (object instanceof Named) return `torch.${object.name}`
    if (!(object instanceof TorchDevice)) return undefined
    const index = object.index === null ? '' : `, index=${object.index}`
    return `device(type='${object.type}'${index})`
  },
  str: (object) => (object instanceof TorchDevice ? String(object) : undefined),
})

const kindClasses = new Map<string, object>()

/** What stands for the class of a kind of constants: `torch.dtype`. */
export function kindClass(kind: NamedKind): object {
  let found = kindClasses.get(kind)
  if (!found) {
    found = { kind }
    kindClasses.set(kind, found)
  }
  return found
}

const LIMITS: { [name: string]: (bits: number, signed: boolean) => bigint } = {
  max: (bits, signed) => 2n ** BigInt(signed ? bits - 1 : bits) - 1n,
  min: (bits, signed) => (signed ? -(2n ** BigInt(bits - 1)) : 0n),
  bits: (bits) => BigInt(bits),
}

/** `torch.finfo(dtype)` and `torch.iinfo(dtype)`: attributes by name. */
export function limitsOf(dtype: DType): Map<string, Value> {
  if (!isFloat(dtype)) {
    const bits = dtypes[dtype].size * 8
    return new Map(
      Object.entries(LIMITS).map(([name, limit]) => [name, limit(bits, dtype !== 'uint8')]),
    )
  }
  const { bits, eps, max, min, tiny } = finfo(dtype)
  return new Map<string, Value>([
    ['bits', BigInt(bits)],
    ['eps', eps],
    ['max', max],
    ['min', min],
    ['tiny', tiny],
    ['smallest_normal', tiny],
    ['resolution', 10 ** -Math.floor(-Math.log10(eps))],
  ])
}
