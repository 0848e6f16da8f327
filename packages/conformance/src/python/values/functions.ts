import { raise } from './errors.ts'
import { Callable, type Kwargs, NO_KWARGS, type Value } from './value.ts'

export type NativeBody = (args: Value[], kwargs: Kwargs) => Value

/**
 * A function written in JavaScript. As a member of a class it binds like a Python function if `binds`
 * is set: `self` is then the first argument.
 */
export class NativeFunction extends Callable {
  readonly typeName: string
  constructor(
    readonly name: string,
    private readonly body: NativeBody,
    readonly binds = false,
    /** `__wrapped__` and the like. */
    readonly attributes: Map<string, Value> = new Map(),
  ) {
    super()
    this.typeName = binds ? 'method_descriptor' : 'builtin_function_or_method'
  }
  call(args: Value[], kwargs: Kwargs = NO_KWARGS): Value {
    return this.body(args, kwargs)
  }
}

/** A function that a `def` or a `lambda` made. */
export class PyFunction extends Callable {
  readonly typeName = 'function'
  readonly binds = true
  constructor(
    readonly name: string,
    /** With the names of what it is defined in: `Net.forward`. */
    readonly qualifiedName: string,
    private readonly body: NativeBody,
    readonly doc: string | null,
    readonly attributes: Map<string, Value> = new Map(),
  ) {
    super()
  }
  call(args: Value[], kwargs: Kwargs = NO_KWARGS): Value {
    return this.body(args, kwargs)
  }
}

/** A function with its `self`. */
export class BoundMethod extends Callable {
  readonly typeName = 'method'
  constructor(
    readonly inner: Callable,
    readonly self: Value,
  ) {
    super()
  }
  get name(): string {
    return this.inner.name
  }
  call(args: Value[], kwargs: Kwargs = NO_KWARGS): Value {
    return this.inner.call([this.self, ...args], kwargs)
  }
}

interface Signature {
  names: string[]
  required: number
  /** Parameters from here on must be named. */
  positional: number
  variadic: boolean
  keywords: boolean
}

/** `a b= * c=`: `=` marks what may be left out, `*` takes the rest (or ends the unnamed), `**` all names. */
function parseSignature(text: string): Signature {
  const words = text.split(' ').filter(Boolean)
  const star = words.indexOf('*')
  const parameters = words.filter((word) => !word.startsWith('*'))
  return {
    names: parameters.map((word) => word.replace(/=$/, '')),
    required: parameters.filter((word) => !word.endsWith('=')).length,
    positional: star < 0 ? parameters.length : star,
    variadic: words.includes('*args'),
    keywords: words.includes('**'),
  }
}

const plural = (count: number, noun = 'argument'): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`

/**
 * A function with named parameters. The body gets one entry per parameter of the signature (`undefined`
 * where it was left out, so destructure with defaults), then the rest of the positional ones.
 * @param signature parameters in order, `name=` if optional, `*` before those that must be named, `*args`
 *   for any number more, `**` if unknown names are passed on
 */
export function native(
  name: string,
  signature: string,
  body: NativeBody,
  binds = false,
): NativeFunction {
  const { names, required, positional, variadic, keywords } = parseSignature(signature)
  const own = binds ? 1 : 0
  return new NativeFunction(
    name,
    (args, kwargs) => {
      if (args.length > positional && !variadic)
        throw raise(
          'TypeError',
          `${name}() takes at most ${plural(positional - own)} (${args.length - own} given)`,
        )
      const values = args.slice()
      let rest = NO_KWARGS
      if (kwargs.size > 0) {
        const unknown = new Map<string, Value>()
        for (const [key, value] of kwargs) {
          const index = names.indexOf(key)
          if (index >= 0) values[index] = value
          else unknown.set(key, value)
        }
        if (unknown.size > 0 && !keywords)
          throw raise(
            'TypeError',
            `${name}() got an unexpected keyword argument '${[...unknown.keys()][0]}'`,
          )
        rest = unknown
      }
      for (let i = 0; i < required; i++)
        if (values[i] === undefined)
          throw raise(
            'TypeError',
            `${name}() expected at least ${plural(required - own)}, got ${args.length - own}`,
          )
      return body(values, rest)
    },
    binds,
  )
}

/** A function that behaves like `inner` in classes and in names, with something done around each call. */
export const wrapFunction = (
  inner: Callable,
  around: (run: () => Value) => Value,
): NativeFunction =>
  new NativeFunction(
    inner.name,
    (args, kwargs) => around(() => inner.call(args, kwargs)),
    true,
    new Map([['__wrapped__', inner]]),
  )
