/** Values as text: `repr`, `str`, `format`. */
import { floatRepr } from '../text/decimal.ts'
import { formatFloat, formatInt, formatString } from '../text/format-spec.ts'
import { quote } from '../text/quote.ts'
import { Instance, MethodWrapper, PyClass, Super } from '../values/classes.ts'
import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { BoundMethod, PyFunction } from '../values/functions.ts'
import { identity } from '../values/hash.ts'
import {
  Callable,
  isForeign,
  isList,
  Module,
  PyIterator,
  PyObject,
  Range,
  Singleton,
  Slice,
  Tuple,
  type Value,
} from '../values/value.ts'
import { toBigInt } from './arithmetic.ts'
import { exceptionArgs } from './errors.ts'
import { iterate } from './iterate.ts'
import type { Runtime } from './runtime.ts'
import { ownSpecial, typeName, typeOf, underlying } from './types.ts'

const address = (object: object): string =>
  `0x${(0x7f0000000000 + identity(object) * 16).toString(16)}`

/** Containers that are being printed: one that holds itself prints as `...`. */
const printing = new Set<object>()

function guarded(container: object, recursive: string, print: () => string): string {
  if (printing.has(container)) return recursive
  printing.add(container)
  try {
    return print()
  } finally {
    printing.delete(container)
  }
}

function text(method: string, result: Value): string {
  if (typeof result !== 'string') throw raise('TypeError', `${method} returned non-string`)
  return result
}

/** `repr(value)`. */
export function repr(rt: Runtime, value: Value): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return String(value)
    case 'number':
      return floatRepr(value)
  }
  if (value === null) return 'None'
  const show = (element: Value): string => repr(rt, element)
  if (isList(value)) return guarded(value, '[...]', () => `[${value.map(show).join(', ')}]`)
  if (value instanceof Tuple) return tupleRepr(value, show)
  if (value instanceof Dict) return guarded(value, '{...}', () => dictRepr(value, show))
  if (value instanceof PySet) return setRepr(value, show)
  if (value instanceof Instance) return instanceRepr(rt, value)
  if (value instanceof PyObject) return objectRepr(rt, value, show)
  if (isForeign(value)) {
    const printed = rt.host.repr?.(value)
    if (printed !== undefined) return printed
  }
  return `<${typeName(rt, value)} object at ${address(value)}>`
}

function tupleRepr({ items, kind }: Tuple, show: (value: Value) => string): string {
  if (kind?.repr) return kind.repr(items, show)
  if (kind?.fields)
    return `${kind.name}(${kind.fields.map((field, i) => `${field}=${show(items[i])}`).join(', ')})`
  return `(${items.map(show).join(', ')}${items.length === 1 ? ',' : ''})`
}

const braces = (dict: Dict, show: (value: Value) => string): string =>
  `{${[...dict.entries()].map(([key, value]) => `${show(key)}: ${show(value)}`).join(', ')}}`

function dictRepr(dict: Dict, show: (value: Value) => string): string {
  switch (dict.typeName) {
    case 'OrderedDict': {
      const pairs = [...dict.entries()].map(([key, value]) => `(${show(key)}, ${show(value)})`)
      return pairs.length === 0 ? 'OrderedDict()' : `OrderedDict([${pairs.join(', ')}])`
    }
    case 'defaultdict':
      return `defaultdict(${dict.factory ? show(dict.factory) : 'None'}, ${braces(dict, show)})`
    case 'Counter':
      return dict.size === 0 ? 'Counter()' : `Counter(${braces(dict, show)})`
    default:
      return braces(dict, show)
  }
}

function setRepr(set: PySet, show: (value: Value) => string): string {
  const elements = [...set].map(show).join(', ')
  if (set.typeName === 'frozenset') return elements ? `frozenset({${elements}})` : 'frozenset()'
  return elements ? `{${elements}}` : 'set()'
}

/** With the module that a class is from; builtin ones have none. */
function fullName(rt: Runtime, type: PyClass): string {
  if (type.module !== undefined) return `${type.module}.${type.name}`
  return rt.hasType(type.name) && rt.type(type.name) === type ? type.name : `__main__.${type.name}`
}

/** What `object.__repr__` says. */
export const defaultRepr = (rt: Runtime, value: object): string => {
  const type = typeOf(rt, value)
  return `<${fullName(rt, type)} object at ${address(value)}>`
}

function instanceRepr(rt: Runtime, value: Instance): string {
  const method = ownSpecial(value, '__repr__')
  if (method) return text('__repr__', method())
  const inner = underlying(value)
  return inner === value ? defaultRepr(rt, value) : repr(rt, inner)
}

function objectRepr(rt: Runtime, value: PyObject, show: (value: Value) => string): string {
  if (value instanceof Singleton) return value.name
  if (value instanceof Slice)
    return `slice(${[value.start, value.stop, value.step].map(show).join(', ')})`
  if (value instanceof Range)
    return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`
  if (value instanceof PyClass) return `<class '${fullName(rt, value)}'>`
  if (value instanceof PyFunction) return `<function ${value.qualifiedName} at ${address(value)}>`
  if (value instanceof BoundMethod) return `<bound method ${value.name} of ${show(value.self)}>`
  if (value instanceof Callable) return `<built-in function ${value.name}>`
  if (value instanceof Module) return `<module '${value.name}'>`
  if (value instanceof DictView) {
    const items = [...{ [Symbol.iterator]: () => iterate(rt, value) }]
    return `${value.typeName}([${items.map(show).join(', ')}])`
  }
  if (value instanceof Super) return `<super: ${show(value.after)}>`
  if (value instanceof MethodWrapper) return `<${value.typeName}(${show(value.inner)})>`
  if (value instanceof PyIterator) return `<${value.typeName} object at ${address(value)}>`
  return defaultRepr(rt, value)
}

/** `str(value)`. */
export function str(rt: Runtime, value: Value): string {
  if (typeof value === 'string') return value
  if (isForeign(value)) return rt.host.str?.(value) ?? repr(rt, value)
  const method = ownSpecial(value, '__str__')
  if (method) return text('__str__', method())
  if (value instanceof Instance && !ownSpecial(value, '__repr__') && value.native !== undefined)
    return str(rt, value.native)
  return repr(rt, value)
}

/** `str` of an exception, as `BaseException.__str__` makes it. */
export function exceptionText(rt: Runtime, exception: Instance): string {
  const args = exceptionArgs(exception)
  if (args.length === 0) return ''
  if (args.length > 1) return repr(rt, new Tuple(args))
  return exception.type.isSubclassOf(rt.type('KeyError')) ? repr(rt, args[0]) : str(rt, args[0])
}

/** `format(value, spec)`. */
export function format(rt: Runtime, value: Value, spec: string): string {
  switch (typeof value) {
    case 'string':
      return formatString(value, spec)
    case 'boolean':
      return spec ? formatInt(toBigInt(value), spec, 'bool') : repr(rt, value)
    case 'bigint':
      return formatInt(value, spec)
    case 'number':
      return formatFloat(value, spec)
  }
  const method = ownSpecial(value, '__format__')
  if (method) return text('__format__', method(spec))
  const result = isForeign(value) ? rt.host.format?.(value, spec) : undefined
  if (result !== undefined) return result
  if (spec)
    throw raise(
      'TypeError',
      `unsupported format string passed to ${typeName(rt, value)}.__format__`,
    )
  return str(rt, value)
}
