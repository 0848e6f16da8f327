import { check, sizes } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { hostIndex } from './shape.ts'

/** Ops that put tensors beside each other, or on a grid. */
export const stackingSchemas = {
  atleast1d: [
    'atleast_1d(Tensor self) -> Tensor',
    'atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]',
  ],
  atleast2d: [
    'atleast_2d(Tensor self) -> Tensor',
    'atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]',
  ],
  atleast3d: [
    'atleast_3d(Tensor self) -> Tensor',
    'atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]',
  ],
  hstack: 'hstack(Tensor[] tensors) -> Tensor',
  vstack: 'vstack(Tensor[] tensors) -> Tensor',
  rowStack: 'row_stack(Tensor[] tensors) -> Tensor',
  dstack: 'dstack(Tensor[] tensors) -> Tensor',
  columnStack: 'column_stack(Tensor[] tensors) -> Tensor',
  blockDiag: 'block_diag(Tensor[] tensors) -> Tensor',
  broadcastTensors: 'broadcast_tensors(Tensor[] tensors) -> Tensor[]',
  meshgrid: "meshgrid(Tensor[] tensors, *, str indexing='ij') -> Tensor[]",
  cartesianProd: 'cartesian_prod(Tensor[] tensors) -> Tensor',
  combinations: 'combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor',
} as const satisfies Schemas

/** `cat` through the dispatcher, so that it is recorded. */
const joined = (tensors: readonly Tensor[], dim: number): Tensor =>
  callOperation('cat', [tensors, dim]) as Tensor

function meshgrid(tensors: Tensor[], indexing: string): Tensor[] {
  check(tensors.length > 0, () => 'meshgrid expects a non-empty TensorList')
  const [first] = tensors
  for (const t of tensors) {
    check(
      t.ndim <= 1,
      () => `Expected 0D or 1D tensor in the tensor list but got: ${sizes(t.shape)}`,
    )
    check(
      t.dtype === first.dtype,
      () => 'torch.meshgrid expects all tensors to have the same dtype',
    )
  }
  check(
    indexing === 'ij' || indexing === 'xy',
    () => `torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing}`,
  )
  const swap = indexing === 'xy' && tensors.length >= 2
  const ordered = swap ? [tensors[1], tensors[0], ...tensors.slice(2)] : tensors
  const shape = ordered.map((t) => t.numel())
  const grids = ordered.map((t, d) => t.view(shape.map((_, k) => (k === d ? -1 : 1))).expand(shape))
  if (!swap) return grids
  return [grids[1], grids[0], ...grids.slice(2)]
}

function combinations(t: Tensor, r: number, withReplacement: boolean): Tensor {
  check(t.ndim === 1, () => `Expect a 1D vector, but got shape ${sizes(t.shape)}`)
  check(r >= 0, () => `Expect a non-negative number, but got ${r}`)
  if (r === 0) return t.newEmpty([0])
  const rows: number[][] = []
  const extend = (prefix: number[], from: number): void => {
    if (prefix.length === r) rows.push(prefix)
    else for (let i = from; i < t.shape[0]; i++) extend([...prefix, i], withReplacement ? i : i + 1)
  }
  extend([], 0)
  return t.indexSelect(0, hostIndex(rows.flat(), t)).view(rows.length, r)
}

function blockDiag(tensors: Tensor[]): Tensor {
  const blocks = tensors.map((t, i) => {
    check(
      t.ndim <= 2,
      () =>
        `torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${t.ndim} dimensions`,
    )
    return t.ndim === 2 ? t : t.view(1, t.numel())
  })
  const columns = blocks.reduce((n, b) => n + b.shape[1], 0)
  let before = 0
  const rows = blocks.map((b) => {
    const padded = b.constantPadNd([before, columns - before - b.shape[1], 0, 0])
    before += b.shape[1]
    return padded
  })
  return joined(rows, 0)
}

const atLeast = (rank: number) => (t: Tensor) => {
  if (t.ndim >= rank) return t
  if (rank === 1) return t.view([1])
  if (rank === 2) return t.ndim === 0 ? t.view([1, 1]) : t.unsqueeze(0)
  if (t.ndim === 0) return t.view([1, 1, 1])
  return t.ndim === 1 ? t.unsqueeze(0).unsqueeze(-1) : t.unsqueeze(-1)
}

const stacker =
  (name: string, rank: number, dim: (first: Tensor) => number) => (tensors: Tensor[]) => {
    check(tensors.length > 0, () => `${name} expects a non-empty TensorList`)
    const raised = tensors.map(atLeast(rank))
    return joined(raised, dim(raised[0]))
  }

const implementations: FamilyImplementations<typeof stackingSchemas> = {
  atleast_1d: atLeast(1),
  'atleast_1d.Sequence': (tensors) => tensors.map(atLeast(1)),
  atleast_2d: atLeast(2),
  'atleast_2d.Sequence': (tensors) => tensors.map(atLeast(2)),
  atleast_3d: atLeast(3),
  'atleast_3d.Sequence': (tensors) => tensors.map(atLeast(3)),
  hstack: stacker('hstack', 1, (first) => (first.ndim === 1 ? 0 : 1)),
  vstack: stacker('vstack', 2, () => 0),
  row_stack: stacker('vstack', 2, () => 0),
  dstack: stacker('dstack', 3, () => 2),
  column_stack: (tensors) => {
    check(tensors.length > 0, () => 'column_stack expects a non-empty TensorList')
    return joined(
      tensors.map((t) => (t.ndim <= 1 ? t.reshape([t.numel(), 1]) : t)),
      1,
    )
  },
  block_diag: blockDiag,
  broadcast_tensors: (tensors) => {
    const shape = tensors.map((t) => t.shape).reduce(broadcastShapes, [])
    return tensors.map((t) => t.expand(shape))
  },
  meshgrid,
  cartesian_prod: (tensors) => {
    for (const t of tensors) {
      check(t.ndim === 1, () => `Expect a 1D vector, but got shape ${sizes(t.shape)}`)
    }
    if (tensors.length === 1) return tensors[0]
    const grids = meshgrid(tensors, 'ij').map((g) => g.flatten())
    return joined(
      grids.map((g) => g.unsqueeze(1)),
      1,
    )
  },
  combinations,
}

define(stackingSchemas, implementations)
