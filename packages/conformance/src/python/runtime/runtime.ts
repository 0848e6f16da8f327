import type { Host } from '../host.ts'
import { type Instantiation, type Members, PyClass } from '../values/classes.ts'
import type { Foreign, Kwargs, Value } from '../values/value.ts'

export interface TypeOptions {
  /** Default: `object`. */
  base?: string
  create?: PyClass['create']
  members?: Members
}

/** What a program runs in: its types, modules and builtins, and the host. */
export class Runtime implements Instantiation {
  /** Builtin types by name. */
  private readonly types = new Map<string, PyClass>()
  private readonly foreignClasses = new Map<object, PyClass>()
  readonly builtins = new Map<string, Value>()
  /** Modules of the standard library; those of the host are asked for. */
  readonly modules = new Map<string, Value>()
  /** Calls of Python functions that are under way. */
  depth = 0

  constructor(
    readonly host: Host,
    /** Where `print` goes. */
    readonly write: (text: string) => void,
    private readonly make: (rt: Runtime, type: PyClass, args: Value[], kwargs: Kwargs) => Value,
  ) {}

  instantiate(type: PyClass, args: Value[], kwargs: Kwargs): Value {
    return this.make(this, type, args, kwargs)
  }

  /** A builtin type; one that nobody has defined has no members and can't be called. */
  type(name: string): PyClass {
    return this.types.get(name) ?? this.defineType(name)
  }

  hasType(name: string): boolean {
    return this.types.has(name)
  }

  defineType(name: string, { base = 'object', create, members }: TypeOptions = {}): PyClass {
    const bases = name === 'object' ? [] : [this.type(base)]
    const type = new PyClass(this, name, bases, members)
    type.create = create
    this.types.set(name, type)
    return type
  }

  /** The class that stands for one of the host's; always the same for the same. */
  foreignClass(
    foreign: object,
    name: string,
    base: PyClass = this.type('object'),
    module?: string,
  ): PyClass {
    let type = this.foreignClasses.get(foreign)
    if (!type) {
      type = new PyClass(this, name, [base], new Map(), { foreign, module })
      this.foreignClasses.set(foreign, type)
    }
    return type
  }
}

/** The host's side of a class, as it is passed to the host. */
export const foreignOf = (type: PyClass): Foreign | undefined => type.foreign as Foreign | undefined
