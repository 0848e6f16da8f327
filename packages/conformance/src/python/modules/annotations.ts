/** `typing`, `numbers` and `warnings`: what annotations name, and what says nothing to a test. */
import { functions } from '../builtins/methods.ts'
import { isNumber } from '../runtime/arithmetic.ts'
import { exceptionType, toThrow } from '../runtime/errors.ts'
import { str } from '../runtime/repr.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { Instance, PyClass } from '../values/classes.ts'
import { NativeFunction } from '../values/functions.ts'
import { Module, type Value } from '../values/value.ts'

const TYPING =
  'Any Callable ClassVar Dict Final Generic Iterable Iterator List Literal Mapping NoReturn Optional ' +
  'Sequence Set Tuple Type Union'

export function typingModule(rt: Runtime): Module {
  const classes = TYPING.split(' ').map(
    (name) => [name, new PyClass(rt, name, [rt.type('object')])] as const,
  )
  const table = functions({
    'TypeVar name *args **': ([name]) => new PyClass(rt, str(rt, name), [rt.type('object')]),
    'cast type value': ([, value]) => value,
  })
  return new Module('typing', [...classes, ...table.map((fn) => [fn.name, fn] as const)])
}

const isInteger = (value: Value): boolean => typeof value === 'bigint' || typeof value === 'boolean'

export function numbersModule(rt: Runtime): Module {
  const members = Object.entries({
    Number: isNumber,
    Complex: isNumber,
    Real: isNumber,
    Rational: isInteger,
    Integral: isInteger,
  }).map(([name, accepts]) => {
    const type = new PyClass(rt, name, [rt.type('object')])
    type.accepts = accepts
    return [name, type] as const
  })
  return new Module('numbers', members)
}

/** Warnings are collected by `catch_warnings(record=True)`, and else go nowhere. */
export function warningsModule(rt: Runtime): Module {
  const recorders: Value[][] = []
  let raising = false
  const warn = (message: Value, category: Value): void => {
    const type = category instanceof PyClass ? category : rt.type('UserWarning')
    const warning = message instanceof Instance ? message : type.call([message])
    if (raising) throw toThrow(rt, warning)
    const record = new Instance(rt.type('WarningMessage'))
    record.attributes.set('message', warning)
    record.attributes.set('category', exceptionType(rt, toThrow(rt, warning)))
    recorders.at(-1)?.push(record)
  }
  const manager = (record: boolean): Instance => {
    const type = new PyClass(rt, 'catch_warnings', [rt.type('object')])
    const before = raising
    const method = (name: string, run: () => Value): void => {
      type.members.set(name, new NativeFunction(name, run, true))
    }
    method('__enter__', () => {
      const list: Value[] = []
      recorders.push(list)
      return record ? list : null
    })
    method('__exit__', () => {
      recorders.pop()
      raising = before
      return null
    })
    return new Instance(type)
  }
  const filter = (action: Value): Value => {
    raising = action === 'error'
    return null
  }
  const table = functions({
    'warn message category= stacklevel=': ([message, category = null]) => {
      warn(message, category)
      return null
    },
    'simplefilter action *args **': ([action]) => filter(action),
    'filterwarnings action *args **': ([action]) => filter(action),
    'catch_warnings * record=': ([record = false]) => manager(record === true),
  })
  return new Module(
    'warnings',
    table.map((fn) => [fn.name, fn]),
  )
}
