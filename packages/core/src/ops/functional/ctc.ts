import { check, RuntimeError } from '../../errors.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { fromHost } from './host.ts'

/** Connectionist temporal classification; `torch.nn.functional.ctc_loss`. */
export const ctcSchemas = {
  ctcLoss:
    "ctc_loss(Tensor log_probs, Tensor targets, int|int[]|Tensor input_lengths, int|int[]|Tensor target_lengths, *, int blank=0, str reduction='mean', bool zero_infinity=False) -> Tensor",
} as const satisfies Schemas

const lengthsOf = (given: number | number[] | Tensor): number[] =>
  typeof given === 'number'
    ? [given]
    : Array.isArray(given)
      ? given
      : Array.from(given.toTypedArray() as ArrayLike<number | bigint>, Number)

/**
 * The forward recursion of Graves et al. (2006), eq. 6–8, on whole batches of states: log α of each
 * step is a log-sum-exp of three shifted copies of the last one's. Its gradient follows from the ops.
 */
function ctcLoss(
  given: Tensor,
  targets: Tensor,
  inputs: number | number[] | Tensor,
  labels: number | number[] | Tensor,
  blank: number,
  reduction: string,
  zeroInfinity: boolean,
): Tensor {
  check(
    given.ndim === 2 || given.ndim === 3,
    () => `ctc_loss expects 2-D or 3-D log_probs, got ${given.ndim}-D`,
  )
  const single = given.ndim === 2
  const logProbs = single ? given.unsqueeze(1) : given
  const [steps, batch, classes] = logProbs.shape
  const inputLengths = lengthsOf(inputs)
  const targetLengths = lengthsOf(labels)
  check(blank >= 0 && blank < classes, () => 'blank must be in label range')
  check(inputLengths.length === batch, () => 'input_lengths must be of size batch_size')
  check(targetLengths.length === batch, () => 'target_lengths must be of size batch_size')
  inputLengths.forEach((n) => {
    check(
      n <= steps,
      () =>
        `Expected input_lengths to have value at most ${steps}, but got value ${n} (while checking arguments for ctc_loss_cpu)`,
    )
  })
  const flat = Array.from(targets.toTypedArray() as ArrayLike<number | bigint>, Number)
  const concatenated = targets.ndim === 1 && !single
  const longest = Math.max(0, ...targetLengths)
  const width = targets.ndim === 2 ? targets.shape[1] : 0
  let start = 0
  const rows = targetLengths.map((n, b) => {
    const from = concatenated ? start : single ? 0 : b * width
    start += n
    const row = flat.slice(from, from + n)
    if (row.length < n)
      throw new RuntimeError(
        `Expected tensor to have size at least ${n} at dimension 1, but got size ${width}`,
      )
    return row
  })
  // Labels with blanks between: 2·longest + 1 states.
  const states = 2 * longest + 1
  const symbols: number[] = []
  const skips: number[] = []
  for (const row of rows) {
    for (let s = 0; s < states; s++) {
      const label = s % 2 === 0 ? blank : (row[(s - 1) / 2] ?? blank)
      symbols.push(label)
      const before = s >= 2 ? (s % 2 === 0 ? blank : (row[(s - 3) / 2] ?? blank)) : label
      skips.push(s % 2 === 1 && s >= 2 && label !== before ? 1 : 0)
    }
  }
  const extended = fromHost(symbols, 'int32', logProbs).view([batch, states])
  const emitted = logProbs.gather(2, extended.unsqueeze(0).expand([steps, batch, states]))
  const skip = fromHost(skips, 'float32', logProbs).view([batch, states]).gt(0)
  const none = Number.NEGATIVE_INFINITY
  const first = fromHost(
    Array.from({ length: states }, (_, s) => (s < 2 ? 1 : 0)),
    'float32',
    logProbs,
  ).gt(0)
  let alpha = emitted.select(0, 0).maskedFill(first.logicalNot(), none)
  const alphas = [alpha]
  for (let t = 1; t < steps; t++) {
    const one = alpha.constantPadNd([1, -1], none)
    const two =
      states > 1
        ? alpha.constantPadNd([2, -2], none).maskedFill(skip.logicalNot(), none)
        : alpha.mul(0).add(none)
    const sum = callOperation('_logsumexp_safe', [
      callOperation('stack', [[alpha, one, two], 0]),
      0,
    ]) as Tensor
    alpha = sum.add(emitted.select(0, t))
    alphas.push(alpha)
  }
  const all = callOperation('stack', [alphas, 0]) as Tensor
  const last = inputLengths.map((n) => Math.max(n - 1, 0))
  const picked = all
    .gather(0, fromHost(last, 'int32', logProbs).view([1, batch, 1]).expand([1, batch, states]))
    .squeeze(0)
  // The end is the last blank or the last label.
  const ends = targetLengths.flatMap((n) => [2 * n, Math.max(2 * n - 1, 0)])
  const closing = picked.gather(1, fromHost(ends, 'int32', logProbs).view([batch, 2]))
  const real = fromHost(
    targetLengths.flatMap((n) => [1, n > 0 ? 1 : 0]),
    'float32',
    logProbs,
  )
    .view([batch, 2])
    .gt(0)
  let loss = (
    callOperation('_logsumexp_safe', [closing.maskedFill(real.logicalNot(), none), 1]) as Tensor
  ).neg()
  const empty = inputLengths.map((n) => (n === 0 ? 1 : 0))
  if (empty.includes(1)) {
    const at = fromHost(empty, 'float32', logProbs).gt(0)
    const value = fromHost(
      targetLengths.map((n) => (n === 0 ? 0 : Number.POSITIVE_INFINITY)),
      logProbs.dtype,
      logProbs,
    )
    loss = value.where(at, loss)
  }
  // PyTorch's gradient is that of the logits in front of a log-softmax: it has e^p on top, which such a
  // log-softmax would take away again.
  const within = fromHost(
    inputLengths.flatMap((n) => Array.from({ length: steps }, (_, t) => (t < n ? 1 : 0))),
    logProbs.dtype,
    logProbs,
  ).view([batch, steps])
  const apart = logProbs.sub(logProbs.detach()).mul(logProbs.detach().exp()).sum(2)
  loss = loss.add(apart.t().mul(within).sum(1))
  if (zeroInfinity) loss = loss.maskedFill(loss.detach().eq(Number.POSITIVE_INFINITY), 0)
  if (reduction === 'mean') {
    const by = fromHost(
      targetLengths.map((n) => Math.max(n, 1)),
      logProbs.dtype,
      logProbs,
    )
    return loss.div(by).mean()
  }
  if (reduction === 'sum') return loss.sum()
  return single ? loss.squeeze(0) : loss
}

/** log-sum-exp whose gradient is 0, not NaN, where all terms are -inf. */
export const ctcInnerSchemas = {
  logsumexpSafe: '_logsumexp_safe(Tensor self, int dim) -> Tensor',
} as const satisfies Schemas

const inner: FamilyImplementations<typeof ctcInnerSchemas> = {
  _logsumexp_safe: (t, dim) => {
    const dead = t.detach().amax(dim, true).isneginf()
    return t
      .maskedFill(dead, 0)
      .logsumexp(dim)
      .maskedFill(dead.squeeze(dim), Number.NEGATIVE_INFINITY)
  },
}
define(ctcInnerSchemas, inner, 'internal')

const implementations: FamilyImplementations<typeof ctcSchemas> = { ctc_loss: ctcLoss }

define(ctcSchemas, implementations, 'functional')
