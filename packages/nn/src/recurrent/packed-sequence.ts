/** Sequences of different lengths in one batch; `torch.nn.utils.rnn`. */
import {
  cat,
  check,
  constantPadNd,
  type DType,
  getDevice,
  RuntimeError,
  sizes,
  stack,
  Tensor,
  tensor,
  ValueError,
} from '@sconce/core'

/** Integers as a tensor of PyTorch's dtype for them, where the device holds it. */
function integers(values: readonly number[], device: string): Tensor {
  const holds = getDevice(device).backend.info.dtypes.int64?.storage
  return tensor(values, { dtype: holds ? 'int64' : 'int32', device })
}

/** The steps of all sequences, those of the same time side by side; `PackedSequence`. */
export class PackedSequence {
  /** The steps of the first time, of the second one, and so on. */
  readonly data: Tensor
  /** How many sequences reach so far, by time. */
  readonly counts: readonly number[]
  /** Where the sequences come from that were sorted by length. */
  readonly order: readonly number[] | undefined

  constructor(data: Tensor, counts: readonly number[], order?: readonly number[]) {
    this.data = data
    this.counts = counts
    this.order = order
  }

  /** `counts` as a tensor. */
  get batchSizes(): Tensor {
    return integers(this.counts, this.data.device)
  }

  /** `order` as a tensor. */
  get sortedIndices(): Tensor | undefined {
    return this.order && integers(this.order, this.data.device)
  }

  /** What undoes `order`, as a tensor. */
  get unsortedIndices(): Tensor | undefined {
    return this.order && integers(inverted(this.order), this.data.device)
  }

  /** The same sequences with other elements. */
  with(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.counts, this.order)
  }

  /** Moves or casts the elements. */
  to(target: string): PackedSequence {
    const floats = ['float32', 'float64', 'float16', 'bfloat16']
    return this.with(floats.includes(target) ? this.data.to(target as DType) : this.data.to(target))
  }
}

/** The permutation that undoes one. */
export function inverted(order: readonly number[]): number[] {
  const result = new Array<number>(order.length)
  order.forEach((from, to) => {
    result[from] = to
  })
  return result
}

/** The entries of a dim in another order. */
export const reordered = (t: Tensor, dim: number, order: readonly number[] | undefined): Tensor =>
  order ? t.indexSelect(dim, integers(order, t.device)) : t

const numbers = (values: readonly number[] | Tensor): number[] =>
  values instanceof Tensor ? Array.from(values.toTypedArray(), Number) : values.map(Number)

/** Options of packing. */
export interface PackOptions {
  /** Whether the batch comes first, and not the time. */
  batchFirst?: boolean
  /** False sorts the sequences by length. */
  enforceSorted?: boolean
}

const packOptions = (first: boolean | PackOptions, second: boolean | PackOptions | undefined) => {
  const options: PackOptions = typeof first === 'object' ? first : { batchFirst: first }
  if (typeof second === 'object') return { ...options, ...second }
  return second === undefined ? options : { ...options, enforceSorted: second }
}

/**
 * Packs padded sequences: [T, N, …], or [N, T, …] with `batchFirst`; `pack_padded_sequence`.
 *
 * @throws RuntimeError in PyTorch's words for lengths that don't fit or are not sorted.
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: readonly number[] | Tensor,
  batchFirst: boolean | PackOptions = {},
  enforceSorted?: boolean | PackOptions,
): PackedSequence {
  const options = packOptions(batchFirst, enforceSorted)
  const given = numbers(lengths)
  const inTime = options.batchFirst ? input.transpose(0, 1) : input
  const batch = inTime.shape[1]
  check(
    given.length === batch,
    () =>
      `Expected \`len(lengths)\` to be equal to batch_size, but got ${given.length} (batch_size=${batch})`,
  )
  const sorts = options.enforceSorted === false
  const order = sorts ? [...given.keys()].sort((a, b) => given[b] - given[a]) : undefined
  const sorted = order ? order.map((i) => given[i]) : given
  if (!(sorted[sorted.length - 1] > 0)) {
    throw new RuntimeError(
      "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    )
  }
  if (sorted.some((n, i) => i > 0 && n > sorted[i - 1])) {
    throw new RuntimeError(
      '`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.',
    )
  }
  const steps = reordered(inTime, 1, order).unbind(0)
  check(
    sorted[0] <= steps.length,
    () => `Expected lengths of at most ${steps.length}, but got ${sorted[0]}`,
  )
  const counts = Array.from(
    { length: sorted[0] },
    (_, t) => sorted.filter((length) => length > t).length,
  )
  const parts = counts.map((count, t) =>
    count === batch ? steps[t] : steps[t].narrow(0, 0, count),
  )
  return new PackedSequence(cat(parts), counts, order)
}

/** Options of padding. */
export interface PadOptions {
  batchFirst?: boolean
  paddingValue?: number
  /** Length to pad to; default: that of the longest sequence. */
  totalLength?: number
}

const padOptions = (
  first: boolean | PadOptions,
  second: number | PadOptions | undefined,
): PadOptions => {
  const options: PadOptions = typeof first === 'object' ? first : { batchFirst: first }
  if (typeof second === 'object') return { ...options, ...second }
  return second === undefined ? options : { ...options, paddingValue: second }
}

/**
 * Pads packed sequences: [T, N, …], or [N, T, …] with `batchFirst`, and their lengths;
 * `pad_packed_sequence`.
 *
 * @throws ValueError where `totalLength` is too small.
 */
export function padPackedSequence(
  sequence: PackedSequence,
  batchFirst: boolean | PadOptions = {},
  paddingValue?: number | PadOptions,
): [padded: Tensor, lengths: Tensor] {
  const options = padOptions(batchFirst, paddingValue)
  const { data, counts, order } = sequence
  const { paddingValue: fill = 0, totalLength = counts.length } = options
  if (totalLength < counts.length) {
    throw new ValueError(
      `Expected total_length to be at least the length of the longest sequence in input, but got total_length=${totalLength} and max sequence length being ${counts.length}`,
    )
  }
  const [batch] = counts
  const rest = data.ndim - 1
  const steps = data.splitWithSizes([...counts], 0).map((step, t) => {
    const missing = batch - counts[t]
    if (missing === 0) return step
    return constantPadNd(step, [...Array<number>(2 * rest).fill(0), 0, missing], fill)
  })
  while (steps.length < totalLength) steps.push(steps[0].newFull(steps[0].shape, fill))
  const unsort = order && inverted(order)
  const padded = reordered(stack(steps, 0), 1, unsort)
  const lengths = Array.from(
    { length: batch },
    (_, b) => counts.filter((count) => count > b).length,
  )
  const inOrder = unsort ? unsort.map((i) => lengths[i]) : lengths
  return [options.batchFirst ? padded.transpose(0, 1) : padded, integers(inOrder, data.device)]
}

/** Pads sequences of different lengths to one tensor; `pad_sequence`. */
export function padSequence(
  sequences: readonly Tensor[],
  batchFirst: boolean | PadOptions = {},
  paddingValue?: number | PadOptions,
): Tensor {
  const { batchFirst: first = false, paddingValue: fill = 0 } = padOptions(batchFirst, paddingValue)
  check(sequences.length > 0, () => 'received an empty list of sequences')
  const longest = Math.max(...sequences.map(({ shape }) => shape[0]))
  const trailing = sequences[0].shape.slice(1)
  const padded = sequences.map((sequence) => {
    check(
      String(sequence.shape.slice(1)) === String(trailing),
      () =>
        `The size of tensor a ${sizes(sequence.shape.slice(1))} must match the size of the other sequences ${sizes(trailing)} behind the first dimension`,
    )
    const missing = longest - sequence.shape[0]
    if (missing === 0) return sequence
    const behind = Array<number>(2 * trailing.length).fill(0)
    return constantPadNd(sequence, [...behind, 0, missing], fill)
  })
  return stack(padded, first ? 0 : 1)
}

/** The sequences of a padded tensor; `unpad_sequence`. */
export function unpadSequence(
  padded: Tensor,
  lengths: readonly number[] | Tensor,
  batchFirst: boolean | { batchFirst?: boolean } = false,
): Tensor[] {
  const first = typeof batchFirst === 'object' ? batchFirst.batchFirst : batchFirst
  const known = numbers(lengths)
  return (first ? padded : padded.transpose(0, 1))
    .unbind(0)
    .map((sequence, i) => sequence.narrow(0, 0, known[i]))
}

/** Packs sequences of different lengths; `pack_sequence`. */
export const packSequence = (
  sequences: readonly Tensor[],
  options: boolean | { enforceSorted?: boolean } = {},
): PackedSequence =>
  packPaddedSequence(
    padSequence(sequences),
    sequences.map(({ shape }) => shape[0]),
    false,
    typeof options === 'boolean' ? options : (options.enforceSorted ?? true),
  )

/** The sequences of a packed one; `unpack_sequence`. */
export function unpackSequence(sequence: PackedSequence): Tensor[] {
  const [padded, lengths] = padPackedSequence(sequence, true)
  return unpadSequence(padded, lengths, true)
}
