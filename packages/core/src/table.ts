import { dtypes } from '@sconce/backend'
import { dispatch, invoke, invokeInplace } from './dispatch.ts'
import { check } from './errors.ts'
import type { InplaceRun, Operation, Run } from './operation.ts'
import type { PointwiseRule, PointwiseRules } from './pointwise/rule.ts'
import { PointwiseOp } from './pointwise/run.ts'
import { canCast } from './promotion.ts'
import { parseSchema } from './schema/parse.ts'
import type {
  Functions,
  ImplementationOf,
  InplaceFunctions,
  NameOf,
  SchemaStrings,
  Schemas,
} from './schema/types.ts'
import type { Tensor } from './tensor.ts'

/**
 * The op table: every op by the full name of its overload. Families of ops add their rows with
 * `definePointwise` and `define`; the dispatcher, autograd, the docs and the conformance kit read it.
 */
export const operations = new Map<string, Operation>()

/** Overloads by the name users call: `max` → `max`, `max.dim`, `max.other`. */
export const overloads = new Map<string, Operation[]>()

/** Names of a table's ops as users see them, with the namespace they live in: `linalg.qr`. */
export const publicNames = new Map<string, { namespace: string; pytorch: string }>()

const listed = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value

function add(key: string, namespace: string, operation: Operation): void {
  operations.set(operation.name, operation)
  const name = namespace === '' ? key : `${namespace}.${key}`
  const list = overloads.get(name)
  if (list) list.push(operation)
  else overloads.set(name, [operation])
  publicNames.set(name, { namespace, pytorch: operation.name.split('.')[0] })
}

/** Adds a family of pointwise ops. */
export function definePointwise<T extends Schemas>(
  schemas: T,
  rules: PointwiseRules<T>,
  namespace = '',
): void {
  const byName = rules as Readonly<Record<string, PointwiseRule>>
  for (const [key, value] of Object.entries(schemas)) {
    for (const text of listed(value)) {
      const schema = parseSchema(text)
      const rule = byName[schema.name]
      const op = new PointwiseOp(schema, rule)
      add(key, namespace, {
        name: schema.name,
        schema,
        pointwise: rule,
        run: (...args) => {
          const result = op.run(args)
          return schema.named ? name(schema.results, result as Tensor[]) : result
        },
        inplace: (...args) => op.inplace(args),
        compiled: (args) => op.compiled(args),
      })
    }
  }
}

const name = (names: readonly string[], values: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(names.map((n, i) => [n, values[i]]))

/** Implementations of a family: a function, or one with an in-place form of its own. */
export type FamilyImplementations<T extends Schemas> = {
  [S in SchemaStrings<T> & string as NameOf<S>]:
    | ImplementationOf<S>
    | { run: ImplementationOf<S>; inplace: (...args: Parameters<ImplementationOf<S>>) => void }
}

const hasInplace = (x: Run | InplaceRun): x is InplaceRun => typeof x === 'object'

/** Adds a family of ops. Without an in-place form of its own an op computes, then copies. */
export function define<T extends Schemas>(
  schemas: T,
  implementations: FamilyImplementations<T>,
  namespace = '',
): void {
  const byName = implementations as Readonly<Record<string, Run | InplaceRun>>
  for (const [key, value] of Object.entries(schemas)) {
    for (const text of listed(value)) {
      const schema = parseSchema(text)
      const given = byName[schema.name]
      const run = (hasInplace(given) ? given.run : given) as (...args: unknown[]) => unknown
      const inplace = (
        hasInplace(given)
          ? given.inplace
          : (self: Tensor, ...rest: unknown[]) => {
              const result = run(self, ...rest) as Tensor
              dispatchCopy(self, result)
            }
      ) as (...args: unknown[]) => void
      add(key, namespace, { name: schema.name, schema, run, inplace })
    }
  }
}

function dispatchCopy(self: Tensor, source: Tensor): void {
  check(
    canCast(source.dtype, self.dtype),
    () =>
      `result type ${dtypes[source.dtype].scalarType} can't be cast to the desired output type ${dtypes[self.dtype].scalarType}`,
  )
  const copy = operations.get('copy') as Operation
  copy.inplace(self, source, false)
}

/** An implementation that is first of all in-place: the functional form works on a clone. */
export function inplaceFirst<A extends unknown[]>(
  inplace: (self: Tensor, ...args: A) => void,
): { run: (self: Tensor, ...args: A) => Tensor; inplace: (self: Tensor, ...args: A) => void } {
  return {
    inplace,
    run: (self, ...args) => {
      const clone = operations.get('clone') as Operation
      const result = clone.run(self, undefined) as Tensor
      inplace(result, ...args)
      return result
    },
  }
}

/** The free functions of a schema table. */
export function functionsOf<T extends Schemas>(schemas: T, namespace = ''): Functions<T> {
  const functions: Record<string, (...args: unknown[]) => unknown> = {}
  for (const key of Object.keys(schemas)) {
    const list = overloads.get(namespace === '' ? key : `${namespace}.${key}`) as Operation[]
    functions[key] = (...args) => invoke(list, args, false)
  }
  return functions as Functions<T>
}

/** The in-place forms of a table's ops as functions: `functional.elu_(x)`. */
export function inplaceFunctionsOf<T extends Schemas>(
  schemas: T,
  namespace: string,
): InplaceFunctions<T> {
  const functions: Record<string, (...args: unknown[]) => unknown> = {}
  for (const key of Object.keys(schemas)) {
    const list = overloads.get(`${namespace}.${key}`) as Operation[]
    if (list.some((o) => o.schema.inplace)) {
      functions[`${key}_`] = (...args) => invokeInplace(list, args)
    }
  }
  return functions as InplaceFunctions<T>
}

/** Calls an op by its full name on arguments in schema order; for tables that name ops as data. */
export const callOperation = (opName: string, args: unknown[]): unknown =>
  dispatch(operations.get(opName) as Operation, args)

/** A second name for an op, and for its in-place form; with a namespace as `special.expit`. */
export function addAlias(alias: string, name: string): void {
  const list = overloads.get(name)
  if (!list) throw new SyntaxError(`alias ${alias}: no op ${name}`)
  overloads.set(alias, list)
}
