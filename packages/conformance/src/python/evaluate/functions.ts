/** From `def` and `lambda` to functions, and their calls. */
import type { Code, Parameters } from '../syntax/ast.ts'
import { parameterNames } from '../syntax/functions.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { PyFunction } from '../values/functions.ts'
import { type Kwargs, Tuple, type Value } from '../values/value.ts'
import { evaluate } from './expressions.ts'
import { PyGenerator } from './generator.ts'
import { Scope } from './scope.ts'
import { executeBlock, ReturnValue } from './statements.ts'

/** Python's own limit. */
const RECURSION_LIMIT = 1000

export function makeFunction(code: Code, scope: Scope): PyFunction {
  const { parameters, body, names } = code
  const path = scope.path ? `${scope.path}.${code.name}` : code.name
  const defaults = evaluateDefaults(parameters, scope)
  const [first] = parameterNames(parameters)
  const call = (args: Value[], kwargs: Kwargs): Value => {
    const inner = new Scope(scope.rt, 'function', scope, names, `${path}.<locals>`)
    bindArguments(path, parameters, defaults, args, kwargs, inner)
    inner.receiver = parameters.positional.length > 0 ? inner.variables.get(first) : args[0]
    const run = executeBlock(body, inner)
    return code.isGenerator ? new PyGenerator(run) : finish(run, scope)
  }
  return new PyFunction(code.name, path, call, code.doc ?? null)
}

/** Runs a body that does not yield, to its end. */
function finish(run: ReturnType<typeof executeBlock>, { rt }: Scope): Value {
  if (rt.depth >= RECURSION_LIMIT) throw raise('RecursionError', 'maximum recursion depth exceeded')
  rt.depth++
  try {
    const { value } = run.next()
    return value instanceof ReturnValue ? value.value : null
  } finally {
    rt.depth--
  }
}

type Defaults = Map<string, Value>

function evaluateDefaults({ positional, keywordOnly }: Parameters, scope: Scope): Defaults {
  const defaults: Defaults = new Map()
  for (const { name, fallback } of [...positional, ...keywordOnly])
    if (fallback) defaults.set(name, evaluate(fallback, scope))
  return defaults
}

/** `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`. */
function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`)
  const last = quoted.pop()
  if (quoted.length === 0) return `${last}`
  return `${quoted.join(', ')}${quoted.length > 1 ? ',' : ''} and ${last}`
}

function bindArguments(
  name: string,
  parameters: Parameters,
  defaults: Defaults,
  args: readonly Value[],
  kwargs: Kwargs,
  scope: Scope,
): void {
  const { positional, positionalOnly, rest, keywordOnly, keywords } = parameters
  const { variables } = scope
  const fail = (message: string): Error => raise('TypeError', `${name}() ${message}`)
  for (const [i, value] of args.slice(0, positional.length).entries())
    variables.set(positional[i].name, value)
  const named = new Set([...positional.slice(positionalOnly), ...keywordOnly].map((p) => p.name))
  const extra = new Dict()
  for (const [key, value] of kwargs) {
    if (!named.has(key)) {
      if (keywords === undefined) throw fail(`got an unexpected keyword argument '${key}'`)
      extra.set(key, value)
      continue
    }
    if (variables.has(key)) throw fail(`got multiple values for argument '${key}'`)
    variables.set(key, value)
  }
  if (args.length > positional.length && rest === undefined)
    throw fail(tooMany(parameters, args.length))
  for (const [list, kind] of [
    [positional, 'positional'],
    [keywordOnly, 'keyword-only'],
  ] as const) {
    const missing = list.filter((p) => !variables.has(p.name) && !defaults.has(p.name))
    if (missing.length > 0)
      throw fail(
        `missing ${missing.length} required ${kind} argument${missing.length > 1 ? 's' : ''}: ${listed(missing.map((p) => p.name))}`,
      )
  }
  for (const [key, value] of defaults) if (!variables.has(key)) variables.set(key, value)
  if (rest !== undefined) variables.set(rest, new Tuple(args.slice(positional.length)))
  if (keywords !== undefined) variables.set(keywords, extra)
}

function tooMany({ positional }: Parameters, given: number): string {
  const most = positional.length
  const least = positional.filter((p) => !p.fallback).length
  const takes =
    least < most
      ? `from ${least} to ${most} positional arguments`
      : `${most} positional argument${most === 1 ? '' : 's'}`
  return `takes ${takes} but ${given} ${given === 1 ? 'was' : 'were'} given`
}
