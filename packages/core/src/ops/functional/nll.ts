/** The negative log-likelihood of classes: the elements that labels point at, in one kernel each way. */
import {
  acc,
  constant,
  type DType,
  dtypes,
  type Expr,
  index,
  input,
  isFloat,
  load,
  scalar,
} from '@sconce/backend'
import { check, IndexError, RuntimeError, sizes, ValueError } from '../../errors.ts'
import { mapTo, reduceTo, type View } from '../../kernel-call.ts'
import type { Schemas } from '../../schema/types.ts'
import { sameShape } from '../../shape.ts'
import { define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { coordinate } from '../index-kernels.ts'

/** The gradient of `nll_loss`: of `shape`, the input's. */
export const nllInnerSchemas = {
  nllLossBackward:
    '_nll_loss_backward(Tensor grad, Tensor target, Tensor? weight, int ignore_index, str reduction, int[] shape) -> Tensor',
} as const satisfies Schemas

/** Input as [N, C] and target as [N]: further dims are moved into the batch. */
interface ClassRows {
  rows: Tensor
  labels: Tensor
  shape: readonly number[]
}

function classRows(input: Tensor, target: Tensor): ClassRows {
  const rank = input.ndim
  if (rank === 0) throw new RuntimeError('input tensor should be 1D or 2D')
  if (rank === 1) {
    check(target.ndim <= 1, () => '0D or 1D target tensor expected, multi-target not supported')
    return { rows: input.unsqueeze(0), labels: target.reshape([1]), shape: target.shape }
  }
  const [n, c, ...space] = input.shape
  if (n !== target.shape[0]) {
    throw new ValueError(
      `Expected input batch_size (${n}) to match target batch_size (${target.shape[0]}).`,
    )
  }
  if (rank === 2) {
    check(target.ndim === 1, () => '0D or 1D target tensor expected, multi-target not supported')
    return { rows: input, labels: target, shape: target.shape }
  }
  check(
    sameShape(target.shape, [n, ...space]),
    () => `Expected target size ${sizes([n, ...space])}, got ${sizes(target.shape)}`,
  )
  return {
    rows: input.movedim(1, -1).reshape([-1, c]),
    labels: target.reshape([-1]),
    shape: target.shape,
  }
}

/** Whether the label, which is an operand, counts; what is ignored is the first scalar. */
const isKept = (label: Expr): Expr => coordinate(label).ne(scalar(0, 'int32'))

/** Throws for labels that are no class, where that can be seen at once. */
function checkLabels(labels: Tensor, ignore: number, classes: number): void {
  if (labels.numel() === 0 || labels.storage.device.backend.info.readSync !== 'free') return
  const label = input(0, labels.dtype)
  const value = isKept(label).where(label, constant(0, labels.dtype))
  const [min, max] = reduceTo(
    [
      { op: 'min', value },
      { op: 'max', value },
    ],
    [acc(0, labels.dtype), acc(1, labels.dtype)],
    [labels],
    [0],
    false,
    [ignore],
  ).map((t) => Number(t.item()))
  const bad = min < 0 ? min : max
  if (bad < 0 || bad >= classes) throw new IndexError(`Target ${bad} is out of bounds.`)
}

/** How much a label counts for that is kept: `weight` is operand `i`. */
const shareOf = (weight: Tensor | undefined, i: number, at: Expr, dtype: DType): Expr =>
  weight ? load(i, weight.dtype, [at]).cast(dtype) : constant(1, dtype)

/** How much all labels count. */
function totalShare(
  labels: Tensor,
  weight: Tensor | undefined,
  ignore: number,
  dtype: DType,
): Tensor {
  const label = input(0, labels.dtype)
  const kept = isKept(label)
  const share = shareOf(weight, 1, kept.where(coordinate(label), 0), dtype)
  const operands = weight ? [labels, weight] : [labels]
  return mapTo([kept.where(share, 0)], operands, labels.shape, [ignore])[0].sum()
}

/** Of each label: the loss, and how much it counts. */
function picked(
  rows: Tensor,
  labels: Tensor,
  weight: Tensor | undefined,
  ignore: number,
): [losses: Tensor, shares: Tensor] {
  const label = input(1, labels.dtype)
  const kept = isKept(label)
  const at = kept.where(coordinate(label), 0)
  const share = shareOf(weight, 2, at, rows.dtype)
  const loss = load(0, rows.dtype, [index(0), at]).neg()
  const [losses, shares] = mapTo(
    [kept.where(weight ? loss.mul(share) : loss, 0), kept.where(share, 0)],
    weight ? [rows, labels, weight] : [rows, labels],
    labels.shape,
    [ignore],
  )
  return [losses, shares]
}

const sumOf = (dtype: DType, i: number) => ({ op: 'sum', value: input(i, dtype) }) as const

/** The weighted mean over what isn't ignored, the sum, or all. */
export function nll(
  input: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
  ignore: number,
  how: string,
): Tensor {
  check(
    !isFloat(target.dtype),
    () => `expected scalar type Long but found ${dtypes[target.dtype].scalarType}`,
  )
  const { rows, labels, shape } = classRows(input, target)
  const classes = rows.shape[1]
  check(
    weight === undefined || (weight.ndim === 1 && weight.numel() === classes),
    () =>
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${sizes(weight?.shape ?? [])}`,
  )
  checkLabels(labels, ignore, classes)
  const [losses, shares] = picked(rows, labels, weight, ignore)
  switch (how) {
    case 'none':
      return losses.reshape(shape)
    case 'sum':
      return losses.sum()
    case 'mean': {
      if (labels.numel() === 0) return losses.sum().div(shares.sum())
      const { dtype } = losses
      const mean = acc(0, dtype).div(acc(1, dtype))
      return reduceTo([sumOf(dtype, 0), sumOf(dtype, 1)], [mean], [losses, shares], [0], false)[0]
    }
    default:
      throw new ValueError(`${how} is not a valid value for reduction`)
  }
}

/** A view over `shape` of a tensor that lacks `dim`, or that has one element. */
function spreadOver(t: Tensor, shape: readonly number[], dim: number): View {
  return (t.ndim < shape.length && t.ndim > 0 ? t.unsqueeze(dim) : t).expand([...shape])
}

function nllBackward(
  grad: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
  ignore: number,
  how: string,
  shape: readonly number[],
): Tensor {
  // Classes are dim 1, or dim 0 of a single sample.
  const dim = shape.length === 1 ? 0 : 1
  const label = input(1, target.dtype)
  const g = input(0, grad.dtype)
  const operands: View[] = [
    spreadOver(grad, shape, dim),
    spreadOver(shape.length === 1 ? target.reshape([]) : target, shape, dim),
  ]
  let share: Expr = g.neg()
  if (weight) {
    share = share.mul(shareOf(weight, 2, index(dim), grad.dtype))
    operands.push(weight)
  }
  if (how === 'mean') {
    share = share.div(input(operands.length, grad.dtype))
    operands.push(totalShare(target, weight, ignore, grad.dtype).expand([...shape]))
  }
  const isHit = isKept(label).and(index(dim).eq(coordinate(label)))
  return mapTo([isHit.where(share, 0)], operands, shape, [ignore])[0]
}

const implementations: FamilyImplementations<typeof nllInnerSchemas> = {
  _nll_loss_backward: nllBackward,
}

define(nllInnerSchemas, implementations)
