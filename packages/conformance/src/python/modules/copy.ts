import { functions } from '../builtins/methods.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { special } from '../runtime/types.ts'
import { Instance } from '../values/classes.ts'
import { Dict, PySet } from '../values/dict.ts'
import { isForeign, isList, Module, Tuple, type Value } from '../values/value.ts'

/** What was copied already: a value that is reached twice is copied once. */
type Memo = Map<Value, Value>

function copyDict(dict: Dict, entries: Iterable<readonly [Value, Value]>): Dict {
  const result = new Dict(entries, dict.typeName)
  result.factory = dict.factory
  return result
}

function shallow(rt: Runtime, value: Value): Value {
  const method = special(rt, value, '__copy__')
  if (method) return method()
  if (isList(value)) return value.slice()
  if (value instanceof Dict) return copyDict(value, value.entries())
  if (value instanceof PySet) return new PySet(value, value.typeName)
  if (!(value instanceof Instance)) return value
  const result = new Instance(value.type)
  for (const [name, attribute] of value.attributes.entries()) result.attributes.set(name, attribute)
  if (value.native !== undefined) result.native = shallow(rt, value.native)
  return result
}

function deep(rt: Runtime, value: Value, memo: Memo): Value {
  const known = memo.get(value)
  if (known !== undefined) return known
  const keep = <V extends Value>(made: V): V => {
    memo.set(value, made)
    return made
  }
  const inner = (element: Value): Value => deep(rt, element, memo)
  const method = special(rt, value, '__deepcopy__')
  if (method) return keep(method(memoDict(memo)))
  if (isList(value)) {
    const result = keep<Value[]>([])
    for (const element of value) result.push(inner(element))
    return result
  }
  if (value instanceof Tuple) return keep(new Tuple(value.items.map(inner), value.kind))
  if (value instanceof Dict) {
    const result = keep(copyDict(value, []))
    for (const [key, element] of value.entries()) result.set(inner(key), inner(element))
    return result
  }
  if (value instanceof PySet) return keep(new PySet([...value].map(inner), value.typeName))
  if (value instanceof Instance) {
    const result = keep(new Instance(value.type))
    for (const [name, attribute] of value.attributes.entries())
      result.attributes.set(name, inner(attribute))
    if (value.native !== undefined) result.native = inner(value.native)
    return result
  }
  return value
}

/** As `__deepcopy__` gets it: by `id`. */
const memoDict = (memo: Memo): Dict =>
  new Dict([...memo].filter(([key]) => isForeign(key) || key instanceof Instance))

export function copyModule(rt: Runtime): Module {
  const table = functions({
    'copy x': ([value]) => shallow(rt, value),
    'deepcopy x memo=': ([value]) => deep(rt, value, new Map()),
  })
  return new Module(
    'copy',
    table.map((fn) => [fn.name, fn]),
  )
}
