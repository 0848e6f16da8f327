/** Calls that the op table's schemas ask for, with arguments made up. */
import {
  dispatch,
  dispatchInplace,
  type Operation,
  operations,
  type ParsedSchema,
  type Tensor,
} from '@sconce/core'

type Parameter = ParsedSchema['parameters'][number]

/** An op with arguments for everything but its tensors. */
export interface GeneratedCall {
  readonly operation: Operation
  /** How many tensors it takes. */
  readonly arity: number
  /** Made-up arguments in words, for messages. */
  readonly words: string
  run(tensors: readonly Tensor[]): unknown
  /** The in-place form, where there is one. */
  readonly inplace?: (tensors: readonly Tensor[]) => unknown
}

/** Numbers for required parameters that are no tensors, by name. */
const numbers: Readonly<Record<string, number>> = {
  exponent: 2,
  decimals: 1,
  p: 2,
  n: 1,
  lambd: 0.5,
  threshold: 0.25,
  value: 1.5,
  min: -1,
  max: 1,
}

const isTensorType = ({ type }: Parameter): boolean => type === 'Tensor' || type === 'Tensor|Scalar'

/** Ops whose result is not a function of the elements of their arguments. */
const excluded =
  /^(empty|new_|alias|copy|set_|fill|zero|.*_like$|resize|as_strided|rand|bernoulli|normal|uniform|exponential|cauchy|geometric|log_normal|random|multinomial|poisson|dropout|.*dropout|rrelu|gumbel_softmax|masked_fill|data$|item|to$|type_as|clone)/

const isRandom = ({ parameters }: ParsedSchema): boolean =>
  parameters.some(({ type }) => type === 'Generator')

/** Arguments for an op's parameters; undefined where it asks for something that nobody can make up. */
function argumentsOf(
  { parameters }: ParsedSchema,
  tensors: readonly (Tensor | undefined)[],
  dim: number | undefined,
): unknown[] | undefined {
  let next = 0
  const args: unknown[] = []
  for (const parameter of parameters) {
    if (isTensorType(parameter) && !parameter.optional) args.push(tensors[next++])
    else if (parameter.name === 'dim' && dim !== undefined)
      args.push(parameter.type === 'int[]' ? [dim] : dim)
    else if (parameter.optional || parameter.nullable) args.push(parameter.default)
    else if (
      parameter.type === 'Scalar' ||
      parameter.type === 'int' ||
      parameter.type === 'float'
    ) {
      const value = Object.hasOwn(numbers, parameter.name) ? numbers[parameter.name] : undefined
      if (value === undefined) return undefined
      args.push(value)
    } else return undefined
  }
  return args
}

const tensorCount = ({ parameters }: ParsedSchema): number =>
  parameters.filter((parameter) => isTensorType(parameter) && !parameter.optional).length

function callOf(operation: Operation, dim?: number): GeneratedCall | undefined {
  const { schema } = operation
  const arity = tensorCount(schema)
  if (arity === 0 || argumentsOf(schema, [], dim) === undefined) return undefined
  const bound = (tensors: readonly Tensor[]): unknown[] =>
    argumentsOf(schema, tensors, dim) as unknown[]
  return {
    operation,
    arity,
    words: dim === undefined ? '' : `dim ${dim}`,
    run: (tensors) => dispatch(operation, bound(tensors)),
    inplace: schema.inplace ? (tensors) => dispatchInplace(operation, bound(tensors)) : undefined,
  }
}

const isWanted = ({ name, schema }: Operation): boolean =>
  !excluded.test(name) && !isRandom(schema) && schema.parameters[0]?.type.startsWith('Tensor')

/** The table's pointwise ops. */
export const pointwiseCalls = (): GeneratedCall[] =>
  [...operations.values()].flatMap((operation) => {
    const call = operation.pointwise && isWanted(operation) ? callOf(operation) : undefined
    return call ? [call] : []
  })

/** Ops along one dim of one tensor: reductions, scans, sorts; a call for each dim of the shape. */
export const dimCalls = (rank: number): GeneratedCall[][] =>
  [...operations.values()].flatMap((operation) => {
    const { schema } = operation
    const along = schema.parameters.some(
      ({ name, type }) => name === 'dim' && (type === 'int' || type === 'int[]'),
    )
    if (operation.pointwise || !along || tensorCount(schema) !== 1 || !isWanted(operation))
      return []
    const calls = Array.from({ length: rank }, (_, dim) => callOf(operation, dim))
    return calls.every((call) => call !== undefined) ? [calls] : []
  })
