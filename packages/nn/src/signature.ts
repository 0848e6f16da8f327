/**
 * Signatures of constructors, written once: they give the arguments their names, defaults, order and
 * TypeScript types, and say how they are printed.
 *
 *     signature('Linear(int in_features, int out_features, bool bias=True, *, Device? device=None)')
 *
 * Arguments are passed as in PyTorch: by position, or by name in an options object that comes last. The
 * notation is that of the op table.
 */
import {
  camelCase,
  type DType,
  type Parameter,
  type ParametersOf,
  pythonText,
  type Tensor,
  TypeError_,
} from '@sconce/core'

/** What a caller may pass, by type. */
interface Passed {
  int: number
  float: number
  bool: boolean
  str: string
  Tensor: Tensor
  ScalarType: DType
  Device: string
  'int[]': number | readonly number[]
  'int|int[]': number | readonly number[]
  'int|int?[]': number | readonly (number | null)[]
  'int|int[]|str': number | readonly number[] | string
  'float|float[]': number | readonly number[]
}

/** What a module gets: `int[2]` is always a list. */
interface Bound extends Omit<Passed, 'int[]'> {
  'int[]': readonly number[]
}

type Lookup<T extends string, M> = T extends `${infer U}?`
  ? Lookup<U, M> | (M extends Bound ? undefined : null | undefined)
  : T extends `${infer U}[${number}]`
    ? Lookup<`${U}[]`, M>
    : T extends keyof M
      ? M[T]
      : never

type Parameters_<S extends string> = ParametersOf<`${S} -> Module`>

type Options<P extends readonly Parameter[]> = {
  [Q in P[number] as Q['optional'] extends true ? Q['name'] : never]?: Lookup<Q['type'], Passed>
} & {
  [Q in P[number] as Q extends { keyword: true; optional: false } ? Q['name'] : never]: Lookup<
    Q['type'],
    Passed
  >
}

type Rest<P extends readonly Parameter[], All extends readonly Parameter[]> = P extends readonly [
  infer Head extends Parameter,
  ...infer Tail extends Parameter[],
]
  ? Head['keyword'] extends true
    ? [options?: Options<All>]
    : Head['optional'] extends true
      ? [options?: Options<All>] | [Lookup<Head['type'], Passed> | undefined, ...Rest<Tail, All>]
      : [Lookup<Head['type'], Passed>, ...Rest<Tail, All>]
  : [options?: Options<All>]

/** The arguments of a constructor. */
export type Arguments<S extends string> = Rest<Parameters_<S>, Parameters_<S>>

/** The arguments by name, with defaults filled in. */
export type Values<S extends string> = {
  -readonly [P in Parameters_<S>[number] as P['name']]: Lookup<P['type'], Bound>
}

interface ParsedParameter {
  /** PyTorch's name. */
  readonly key: string
  readonly name: string
  readonly type: string
  /** Length to which one number is repeated. */
  readonly length: number | undefined
  readonly keyword: boolean
  /** The default as it is written; undefined where there is none. */
  readonly preset: string | undefined
}

function parseParameter(text: string, keyword: boolean): ParsedParameter {
  const match = /^(\S+) (\w+)(?:=(.*))?$/.exec(text)
  if (!match) throw new SyntaxError(`signature: bad parameter '${text}'`)
  const [, type, key, preset] = match
  const length = /\[(\d+)\]\??$/.exec(type)?.[1]
  return {
    key,
    name: camelCase(key),
    type,
    length: length === undefined ? undefined : Number(length),
    keyword,
    preset,
  }
}

const CONSTANTS: Readonly<Record<string, unknown>> = { None: undefined, True: true, False: false }

const valueOf = (preset: string): unknown =>
  preset in CONSTANTS
    ? CONSTANTS[preset]
    : preset.startsWith("'")
      ? preset.slice(1, -1)
      : Number(preset)

const isOptions = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** A signature that was read. */
export class Signature<S extends string> {
  /** Name of the class. */
  readonly name: string
  readonly parameters: readonly ParsedParameter[]

  constructor(text: S) {
    const match = /^(\w+)\((.*)\)$/.exec(text)
    if (!match) throw new SyntaxError(`signature: cannot read '${text}'`)
    this.name = match[1]
    let keyword = false
    const parameters: ParsedParameter[] = []
    for (const part of match[2] === '' ? [] : match[2].split(', ')) {
      if (part === '*') keyword = true
      else parameters.push(parseParameter(part, keyword))
    }
    this.parameters = parameters
  }

  /**
   * The arguments by name.
   *
   * @throws TypeError for a missing, an unexpected or a twofold argument.
   */
  bind(args: readonly unknown[]): Values<S> {
    const last = args[args.length - 1]
    const options = isOptions(last) ? last : {}
    const given = isOptions(last) ? args.slice(0, -1) : args
    const positional = this.parameters.filter((p) => !p.keyword)
    if (given.length > positional.length) {
      throw new TypeError_(
        `${this.name}.__init__() takes from ${1 + positional.filter((p) => p.preset === undefined).length} to ${positional.length + 1} positional arguments but ${given.length + 1} were given`,
      )
    }
    const extra = Object.keys(options).find((name) => !this.parameters.some((p) => p.name === name))
    if (extra !== undefined) {
      throw new TypeError_(`${this.name}.__init__() got an unexpected keyword argument '${extra}'`)
    }
    const missing = this.parameters.filter(
      (p, i) => p.preset === undefined && i >= given.length && !Object.hasOwn(options, p.name),
    )
    if (missing.length > 0) {
      const names = enumerated(missing.map((p) => `'${p.key}'`))
      throw new TypeError_(
        `${this.name}.__init__() missing ${missing.length} required positional argument${missing.length > 1 ? 's' : ''}: ${names}`,
      )
    }
    const values: Record<string, unknown> = {}
    this.parameters.forEach((p, i) => {
      if (i < given.length && Object.hasOwn(options, p.name)) {
        throw new TypeError_(`${this.name}.__init__() got multiple values for argument '${p.key}'`)
      }
      const passed = i < given.length ? given[i] : options[p.name]
      // None where it is the default stands for it, as in `stride=None`.
      const absent = passed === undefined || (passed === null && this.#isName(p.preset))
      const value = absent ? this.#presetOf(p, values) : passed
      values[p.name] = expanded(value ?? undefined, p.length)
    })
    // One entry for each parameter, of its type if the caller kept to the types.
    return values as Values<S>
  }

  #isName(preset: string | undefined): boolean {
    return this.parameters.some(({ key }) => key === preset)
  }

  /** A default may be the name of a parameter before, whose value it has. */
  #presetOf({ preset }: ParsedParameter, values: Readonly<Record<string, unknown>>): unknown {
    if (preset === undefined) return undefined
    return this.#isName(preset) ? values[camelCase(preset)] : valueOf(preset)
  }

  /**
   * Arguments as PyTorch prints them: `kernel_size=2, stride=2`. In `names`, `:name` stands for the bare
   * value, and `name?` is left out where it has its default.
   */
  describe(values: object, names: string): string {
    return names
      .split(', ')
      .flatMap((item) => {
        const bare = item.startsWith(':')
        const optional = item.endsWith('?')
        const key = item.slice(bare ? 1 : 0, optional ? -1 : undefined)
        const parameter = this.parameters.find((p) => p.key === key)
        if (!parameter) throw new SyntaxError(`signature: ${this.name} has no parameter '${key}'`)
        const value: unknown = Reflect.get(values, parameter.name)
        const preset = isPreset(value, parameter)
        if (optional && preset) return []
        const text =
          preset && typeof value === 'number' ? parameter.preset : textOf(value, parameter)
        return [bare ? `${text}` : `${key}=${text}`]
      })
      .join(', ')
  }
}

/** `'a', 'b', and 'c'` */
const enumerated = (names: readonly string[]): string =>
  names.length < 3
    ? names.join(' and ')
    : `${names.slice(0, -1).join(', ')}, and ${names[names.length - 1]}`

const expanded = (value: unknown, length: number | undefined): unknown =>
  length !== undefined && typeof value === 'number' ? Array<number>(length).fill(value) : value

const textOf = (value: unknown, { type }: ParsedParameter): string =>
  pythonText(value, type.startsWith('float'))

function isPreset(value: unknown, { preset, length }: ParsedParameter): boolean {
  if (preset === undefined) return false
  const known = expanded(valueOf(preset), length)
  return Array.isArray(known) && Array.isArray(value)
    ? known.length === value.length && known.every((item, i) => item === value[i])
    : known === (value ?? undefined)
}

/** Reads a signature. */
export const signature = <S extends string>(text: S): Signature<S> => new Signature(text)

/** The arguments of the constructor that a signature describes. */
export type ArgumentsOf<T> = T extends Signature<infer S> ? Arguments<S> : never
/** The values that its `bind` gives. */
export type ValuesOf<T> = T extends Signature<infer S> ? Values<S> : never

/** Where new parameters go, and of which dtype; arguments that every module with parameters has. */
export const factory = '*, Device? device=None, ScalarType? dtype=None' as const
