/** Schema strings read at run time; see `types.ts` for the notation. */

export interface ParsedParameter {
  readonly name: string
  /** Type without `?` and list length: `int[]`. */
  readonly type: string
  readonly nullable: boolean
  /** Length to which a single number is repeated: `int[2]`. */
  readonly length: number | undefined
  readonly optional: boolean
  readonly keyword: boolean
  readonly default: unknown
}

/** A schema string, read. */
export interface ParsedSchema {
  /** Full name of the overload: `max.dim`. */
  readonly name: string
  readonly text: string
  readonly parameters: readonly ParsedParameter[]
  /** Parameters that can be passed by position. */
  readonly positional: number
  /** Position of the `int...` parameter, or -1. */
  readonly spread: number
  /** Names of the results; a single unnamed result is `['result']`. */
  readonly results: readonly string[]
  /** Whether results are returned as an object with those names. */
  readonly named: boolean
  /** The result is a list of tensors. */
  readonly list: boolean
  /** There is an in-place form. */
  readonly inplace: boolean
  /** Positions of parameters that hold tensors. */
  readonly tensors: readonly number[]
}

/** `log_softmax` → `logSoftmax`. */
export const camelCase = (name: string): string =>
  name.replace(/(?<=.)_+([a-zA-Z0-9])/g, (_, c: string) => c.toUpperCase())

function parseDefault(text: string): unknown {
  if (text === 'None') return undefined
  if (text === 'True') return true
  if (text === 'False') return false
  if (text === 'inf') return Number.POSITIVE_INFINITY
  if (text.startsWith('[')) {
    return text === '[]' ? [] : text.slice(1, -1).split(',').map(Number)
  }
  if (text.startsWith("'") || text.startsWith('"')) return text.slice(1, -1)
  const value = Number(text)
  return Number.isNaN(value) ? text : value
}

function parseParameter(text: string, keyword: boolean): ParsedParameter {
  const match = /^(\S+) (\w+)(?:=(.*))?$/.exec(text)
  if (!match) throw new SyntaxError(`schema: bad parameter '${text}'`)
  const [, spec, name, preset] = match
  const nullable = spec.endsWith('?')
  const bare = nullable ? spec.slice(0, -1) : spec
  const sized = /\[(\d+)\]$/.exec(bare)
  return {
    name: camelCase(name),
    type: sized ? bare.replace(sized[0], '[]') : bare,
    nullable,
    length: sized ? Number(sized[1]) : undefined,
    optional: preset !== undefined,
    keyword,
    default: preset === undefined ? undefined : parseDefault(preset),
  }
}

/** Reads one schema string. */
export function parseSchema(text: string): ParsedSchema {
  const match = /^([\w.]+)\((.*)\) -> (.*)$/.exec(text)
  if (!match) throw new SyntaxError(`schema: cannot read '${text}'`)
  const [, name, list, result] = match
  const parameters: ParsedParameter[] = []
  let keyword = false
  for (const part of list === '' ? [] : list.split(', ')) {
    if (part === '*') keyword = true
    else parameters.push(parseParameter(part, keyword))
  }
  const inplace = result.endsWith('!')
  const bare = inplace ? result.slice(0, -1) : result
  const named = bare.startsWith('(') && bare !== '()'
  const results = named
    ? bare
        .slice(1, -1)
        .split(', ')
        .map((r) => camelCase(r.split(' ')[1]))
    : ['result']
  return {
    name,
    text,
    parameters,
    positional: parameters.filter((p) => !p.keyword).length,
    spread: parameters.findIndex((p) => p.type === 'int...'),
    results,
    named,
    list: bare === 'Tensor[]',
    inplace,
    tensors: parameters.flatMap((p, i) => (p.type.startsWith('Tensor') ? [i] : [])),
  }
}
