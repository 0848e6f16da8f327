import { defineContainers } from './builtins/containers.ts'
import { defineExceptions } from './builtins/exceptions.ts'
import { defineFunctions } from './builtins/functions.ts'
import { defineNumbers } from './builtins/numbers.ts'
import { defineStringMethods } from './builtins/strings.ts'
import { defineTypes } from './builtins/types.ts'
import { Scope } from './evaluate/scope.ts'
import { executeBlock } from './evaluate/statements.ts'
import type { Host } from './host.ts'
import { numbersModule, typingModule, warningsModule } from './modules/annotations.ts'
import { abstractModule, collectionsModule } from './modules/collections.ts'
import { contextlibModule } from './modules/contextlib.ts'
import { copyModule } from './modules/copy.ts'
import { functoolsModule } from './modules/functools.ts'
import { itertoolsModule } from './modules/itertools.ts'
import { mathModule } from './modules/math.ts'
import { operatorModule } from './modules/operator.ts'
import { getAttribute } from './runtime/attributes.ts'
import { call } from './runtime/call.ts'
import { caught, exceptionInstance, exceptionType } from './runtime/errors.ts'
import { instantiate } from './runtime/instantiate.ts'
import { iterate } from './runtime/iterate.ts'
import { format, repr, str } from './runtime/repr.ts'
import { Runtime } from './runtime/runtime.ts'
import { isInstanceOf, typeOf } from './runtime/types.ts'
import { parse } from './syntax/statements.ts'
import type { PyClass } from './values/classes.ts'
import { type Kwargs, Module, PyIterator, type Value } from './values/value.ts'

export interface InterpreterOptions {
  /** What the program's foreign objects are and do. Without one it can have none. */
  host?: Host
  /** Where `print` goes. Default: nowhere. */
  write?: (text: string) => void
}

const MODULES: readonly ((rt: Runtime) => Module)[] = [
  mathModule,
  collectionsModule,
  abstractModule,
  functoolsModule,
  itertoolsModule,
  copyModule,
  contextlibModule,
  operatorModule,
  typingModule,
  numbersModule,
  warningsModule,
]

/** An exception that no `except` of the program caught. */
export interface Raised {
  /** Name of its class. */
  type: string
  /** `str(exception)`. */
  message: string
  /** Line of the program's statement, where it is known. */
  line: number | undefined
}

/**
 * Runs programs in a subset of Python 3: all statements but `async`, `match` and metaclasses, and the
 * builtins and modules that are listed here. Numbers, errors and texts are Python's; what is foreign to
 * Python belongs to the {@link Host}.
 */
export class Interpreter {
  private readonly runtime: Runtime
  /** Variables of the program, kept from run to run. */
  private readonly scope: Scope

  constructor({ host, write = () => {} }: InterpreterOptions = {}) {
    const rt: Runtime = new Runtime(host ?? { typeOf: () => rt.type('object') }, write, instantiate)
    defineTypes(rt)
    defineExceptions(rt)
    defineNumbers(rt)
    defineStringMethods(rt)
    defineContainers(rt)
    defineFunctions(rt)
    for (const make of MODULES) {
      const module = make(rt)
      rt.modules.set(module.name, module)
      const [parent, child] = module.name.split('.')
      const outer = rt.modules.get(parent)
      if (child && outer instanceof Module) outer.members.set(child, module)
    }
    this.runtime = rt
    this.scope = new Scope(rt, 'module')
  }

  /**
   * Runs a program.
   * @throws PyError for an exception that the program does not catch (see {@link Interpreter.raised}), and
   *   whatever the host throws that is no exception of Python
   */
  run(source: string): void {
    const { body } = parse(source)
    try {
      executeBlock(body, this.scope).next()
    } catch (error) {
      throw caught(this.runtime, error) ?? error
    }
  }

  /** The value of a variable, or undefined. */
  get(name: string): Value | undefined {
    return this.scope.variables.get(name)
  }

  /** Defines a variable. */
  set(name: string, value: Value): void {
    this.scope.variables.set(name, value)
  }

  /** The Python exception that something thrown by {@link Interpreter.run} is, or undefined. */
  raised(error: unknown): Raised | undefined {
    const exception = caught(this.runtime, error)
    if (!exception) return undefined
    return {
      type: exceptionType(this.runtime, exception).name,
      message: str(this.runtime, exceptionInstance(this.runtime, exception)),
      line: exception.line,
    }
  }

  /**
   * The class that stands for one of the host's; always the same for the same. Default base: `object`.
   * @param module what stands before the name in texts: `torch` of `torch.Tensor`
   */
  foreignClass(foreign: object, name: string, base?: PyClass, module?: string): PyClass {
    return this.runtime.foreignClass(foreign, name, base, module)
  }

  /** A builtin type: `int`, `tuple`, `RuntimeError`. */
  type(name: string): PyClass {
    return this.runtime.type(name)
  }

  typeOf(value: Value): PyClass {
    return typeOf(this.runtime, value)
  }
  isInstance(value: Value, type: PyClass): boolean {
    return isInstanceOf(this.runtime, value, type)
  }
  /** `value.name`. @throws PyError AttributeError */
  getAttribute(value: Value, name: string): Value {
    return getAttribute(this.runtime, value, name)
  }
  call(callee: Value, args: Value[], kwargs?: Kwargs): Value {
    return call(this.runtime, callee, args, kwargs)
  }
  iterate(value: Value): Iterable<Value> {
    return new PyIterator(iterate(this.runtime, value), 'iterator')
  }
  repr(value: Value): string {
    return repr(this.runtime, value)
  }
  str(value: Value): string {
    return str(this.runtime, value)
  }
  format(value: Value, spec: string): string {
    return format(this.runtime, value, spec)
  }
}
