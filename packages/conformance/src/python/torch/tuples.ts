/** `torch.Size` and the named tuples of results. */
import type { PyClass } from '../values/classes.ts'
import { NativeFunction } from '../values/functions.ts'
import { Tuple, type TupleKind, type Value } from '../values/value.ts'
import type { Binding } from './binding.ts'

const sizeClass = {}

/** `torch.Size`. */
export function sizeType({ interpreter }: Binding): PyClass {
  const type = interpreter.foreignClass(sizeClass, 'Size', interpreter.type('tuple'))
  type.create ??= ([items]) =>
    new Tuple(items === undefined ? [] : [...interpreter.iterate(items)], sizeKind(type))
  return type
}

const sizeKind = (type: PyClass): TupleKind => ({
  name: 'Size',
  type,
  closed: true,
  repr: (items) => `torch.Size([${items.join(', ')}])`,
  attribute: ({ items }, name) =>
    name === 'numel'
      ? new NativeFunction(name, () =>
          items.reduce<bigint>((n, size) => n * BigInt(Number(size)), 1n),
        )
      : undefined,
})

export const toSize = (binding: Binding, shape: readonly number[]): Tuple =>
  new Tuple(shape.map(BigInt), sizeKind(sizeType(binding)))

/** `inverseIndices` → `inverse_indices`; `Vh` stays. */
export const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const resultClasses = new Map<string, object>()

/** A result with named parts, as `torch.max(x, 0)` has them. */
export function namedResult(
  { interpreter }: Binding,
  op: string,
  names: readonly string[],
  items: readonly Value[],
): Tuple {
  const name = `torch.return_types.${op}`
  const key = resultClasses.get(name) ?? {}
  resultClasses.set(name, key)
  const fields = names.map(snakeCase)
  return new Tuple(items, {
    name,
    fields,
    type: interpreter.foreignClass(key, op, interpreter.type('tuple')),
    repr: (values, repr) =>
      `${name}(\n${values.map((value, i) => `${fields[i]}=${repr(value)}`).join(',\n')})`,
  })
}
