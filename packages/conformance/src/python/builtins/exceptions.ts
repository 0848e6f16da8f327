import { exceptionArgs } from '../runtime/errors.ts'
import { exceptionText, repr } from '../runtime/repr.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { Instance, Property } from '../values/classes.ts'
import { native } from '../values/functions.ts'
import { Tuple, type Value } from '../values/value.ts'
import { defineMethods, does } from './methods.ts'

/** Each line: a class, then those derived from it. */
const HIERARCHY = `
BaseException: Exception KeyboardInterrupt SystemExit GeneratorExit
Exception: ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError
Exception: MemoryError NameError OSError ReferenceError RuntimeError StopIteration StopAsyncIteration
Exception: SyntaxError SystemError TypeError ValueError Warning
ArithmeticError: FloatingPointError OverflowError ZeroDivisionError
ImportError: ModuleNotFoundError
LookupError: IndexError KeyError
NameError: UnboundLocalError
OSError: FileExistsError FileNotFoundError PermissionError TimeoutError ConnectionError
RuntimeError: NotImplementedError RecursionError
SyntaxError: IndentationError
ValueError: UnicodeError
Warning: BytesWarning DeprecationWarning FutureWarning ImportWarning PendingDeprecationWarning
Warning: ResourceWarning RuntimeWarning SyntaxWarning UnicodeWarning UserWarning
`

const isInstance = (value: Value): value is Instance => value instanceof Instance

export function defineExceptions(rt: Runtime): void {
  const root = rt.defineType('BaseException')
  rt.builtins.set(root.name, root)
  defineMethods(rt, root, isInstance, {
    '__init__ *args': does((self, args) => self.attributes.set('args', new Tuple(args))),
    __str__: (self) => exceptionText(rt, self),
    __repr__: (self) => {
      const args = exceptionArgs(self).map((arg) => repr(rt, arg))
      return `${self.type.name}(${args.join(', ')})`
    },
    'with_traceback traceback': (self) => self,
  })
  for (const name of ['__cause__', '__context__', '__traceback__']) root.members.set(name, null)
  for (const line of HIERARCHY.trim().split('\n')) {
    const [base, ...names] = line.split(/:? /)
    for (const name of names) rt.builtins.set(name, rt.defineType(name, { base }))
  }
  const value = native('value', 'self', ([self]) =>
    isInstance(self) ? (exceptionArgs(self)[0] ?? null) : null,
  )
  rt.type('StopIteration').members.set('value', new Property(value))
}
