import type { DType } from '@sconce/backend'
import { type Operation, type ParsedSchema, Tensor, tensor } from '@sconce/core'

/** Arguments that an op took without an error. */
export type Arguments = readonly unknown[]

const counting = (count: number): number[] => Array.from({ length: count }, (_, i) => (i % 5) * 0.5)

/** Tensors to try, the likeliest first: most ops take a square, positive definite matrix. */
const tensors = (dtype: DType): Tensor[] => {
  const floats = [
    tensor([4, 1, 1, 1, 3, 1, 1, 1, 2], { dtype }).view(3, 3),
    tensor(counting(3), { dtype }),
    tensor(counting(32), { dtype }).view(1, 2, 4, 4),
    tensor(counting(27), { dtype }).view(3, 3, 3),
    tensor(counting(128), { dtype }).view(1, 2, 4, 4, 4),
    tensor(1, { dtype }),
  ]
  const indices = tensor([0, 1, 2], { dtype: 'int64' })
  return [
    ...floats,
    indices,
    indices.expand(3, 3),
    tensor(counting(9), { dtype: 'float32' }).gt(0.5).view(3, 3),
    tensor([1, 2, 3], { dtype: 'int32' }),
    tensor([[0, 5, 10, 15]], { dtype: 'int64' })
      .expand(1, 2, 4)
      .view(1, 2, 2, 2),
    tensor([0, 1], { dtype: 'int64' }),
    tensor([1, 1, 1], { dtype: 'int64' }),
    tensor(counting(6), { dtype }).view(1, 2, 3),
    tensor(counting(16), { dtype }).view(1, 4, 4),
    tensor(counting(24), { dtype }).view(2, 3, 4),
    tensor(counting(32), { dtype }).view(1, 4, 4, 2),
  ]
}

const names = [
  'linear',
  'mean',
  'sum',
  'ij->ji',
  'constant',
  'fro',
  'left',
  'L',
  'torch.FloatTensor',
]

/** Values to try for a parameter without a default. */
function candidates({ type }: ParsedSchema['parameters'][number], dtype: DType): unknown[] {
  const some = tensors(dtype)
  switch (type) {
    case 'Tensor':
      return some
    case 'Tensor|Scalar':
      return [...some.slice(0, 1), 1]
    case 'Tensor[]':
    case 'Tensor?[]':
      return [...some.map((t) => [t, t]), [tensor([0, 1], { dtype: 'int32' })], [some[6]]]
    case 'Scalar':
    case 'float':
      return [1, 0.5, 2]
    case 'int':
    case 'int|int[]':
    case 'int|Tensor':
    case 'int|int[]|Tensor':
    case 'int|int[]|str':
    case 'str|int':
      return [0, 1, 2, 3]
    case 'int[]':
    case 'int...':
    case 'int?[]':
    case 'int|int[][]':
      return [
        [0],
        [1],
        [0, 1],
        [2, 2],
        [1, 1, 1],
        [3, 3],
        [9],
        [],
        [1, 0],
        [2, 2, 2],
        [1, 0, 2],
        [1, 1, 2, 2],
      ]
    case 'float[]':
    case 'Scalar[]':
      return [[1], [0.5, 1], [1, 1]]
    case 'bool[]':
      return [
        [true, true, true],
        [true, true],
      ]
    case 'bool':
    case 'false':
      return [false, true]
    case 'true':
      return [true]
    case 'str':
    case 'Scalar|str':
      return names
    case 'ScalarType':
      return [dtype]
    case 'Device':
      return ['cpu']
    default:
      return []
  }
}

/** What to try where the default alone is refused, as of `clamp` without limits. */
const instead = (parameter: ParsedSchema['parameters'][number], dtype: DType): unknown[] =>
  /^(Tensor\||Scalar|float|int$|int\[\]$|ScalarType)/.test(parameter.type)
    ? candidates(parameter, dtype).slice(0, 2)
    : parameter.type === 'Tensor'
      ? candidates(parameter, dtype).slice(0, 14)
      : []

/** All ways to take one of each list, those of early members first. */
function* combinations(lists: readonly (readonly unknown[])[]): Generator<unknown[]> {
  const most = lists.reduce((sum, list) => sum + list.length - 1, 0)
  function* withSum(i: number, sum: number): Generator<unknown[]> {
    if (i === lists.length) {
      if (sum === 0) yield []
      return
    }
    for (let k = 0; k <= Math.min(sum, lists[i].length - 1); k++) {
      for (const rest of withSum(i + 1, sum - k)) yield [lists[i][k], ...rest]
    }
  }
  for (let sum = 0; sum <= most; sum++) yield* withSum(0, sum)
}

/** Whether the tensors among the arguments, if there are any, have the dtype that is tried. */
function isAbout(args: readonly unknown[], dtype: DType): boolean {
  const found = args.flat().filter((arg) => arg instanceof Tensor)
  return found.length === 0 || found.some((t) => t.dtype === dtype)
}

/** Calls that are tried of an op until one succeeds, and after it to see other sides of the op. */
const MOST_TRIES = 6000
const FURTHER_TRIES = 12

/** The arguments with each flag turned in its turn: what an op does in training, or with a mean. */
const turned = ({ parameters }: ParsedSchema, args: Arguments): unknown[][] =>
  parameters.flatMap(({ type }, i) =>
    type === 'bool' ? [args.map((arg, k) => (k === i ? arg !== true : arg))] : [],
  )

/**
 * Arguments that an op takes, different ones: made up from its schema and tried. None where no call
 * succeeds.
 */
export function findArguments(
  { schema }: Operation,
  dtype: DType,
  call: (args: unknown[]) => void,
): Arguments[] {
  const isTaken = (args: unknown[]): boolean => {
    try {
      // What a call changes or keeps is its own.
      call(args.map((arg) => (arg instanceof Tensor ? arg.clone() : arg)))
      return true
    } catch {
      return false
    }
  }
  const attempt = (lists: readonly (readonly unknown[])[]): Arguments[] => {
    const found: Arguments[] = []
    let left = MOST_TRIES
    for (const args of combinations(lists)) {
      if (left-- === 0) break
      if (!isAbout(args, dtype) || !isTaken(args)) continue
      if (found.length === 0) left = FURTHER_TRIES
      found.push(args)
    }
    return found
  }
  const required = schema.parameters.map((parameter) =>
    parameter.optional ? [parameter.default] : candidates(parameter, dtype),
  )
  const all = () =>
    schema.parameters.map((parameter, i) =>
      parameter.optional ? [parameter.default, ...instead(parameter, dtype)] : required[i],
    )
  const plain = attempt(required)
  const found = plain.length > 0 ? plain : attempt(all())
  return found.flatMap((args) => [args, ...turned(schema, args).filter(isTaken)])
}
