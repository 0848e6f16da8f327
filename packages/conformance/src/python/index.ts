/** An interpreter for a subset of Python, to run PyTorch programs against another library. */
export type { BinaryOperator, CompareOperator, Host, UnaryOperator } from './host.ts'
export { Interpreter, type InterpreterOptions, type Raised } from './interpreter.ts'
export { Instance, PyClass } from './values/classes.ts'
export { Dict, DictView, PySet } from './values/dict.ts'
export { PyError, raise } from './values/errors.ts'
export { type NativeBody, NativeFunction, native, wrapFunction } from './values/functions.ts'
export {
  Callable,
  ELLIPSIS,
  type Foreign,
  isForeign,
  isList,
  type Kwargs,
  Module,
  NO_KWARGS,
  NOT_IMPLEMENTED,
  PyIterator,
  PyObject,
  Range,
  Slice,
  Tuple,
  type TupleKind,
  type Value,
} from './values/value.ts'
