import { check, sizes } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/** A copy with the part that a view shows overwritten. */
export const viewScatterSchemas = {
  selectScatter: 'select_scatter(Tensor self, Tensor src, int dim, int index) -> Tensor',
  sliceScatter:
    'slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor',
  diagonalScatter:
    'diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor',
  asStridedScatter:
    'as_strided_scatter(Tensor self, Tensor src, int[] size, int[] stride, int? storage_offset=None) -> Tensor',
} as const satisfies Schemas

/** A clone of `self` in which the view that `pick` shows is overwritten by `src`. */
function overwritten(self: Tensor, src: Tensor, pick: (t: Tensor) => Tensor): Tensor {
  const result = self.clone()
  const view = pick(result)
  check(
    sizes(view.shape) === sizes(src.shape),
    () =>
      `expected src to have a size equal to the slice of self. src size = ${sizes(src.shape)}, slice size = ${sizes(view.shape)}`,
  )
  view.copy_(src)
  return result
}

const implementations: FamilyImplementations<typeof viewScatterSchemas> = {
  select_scatter: (t, src, dim, at) => overwritten(t, src, (x) => x.select(dim, at)),
  slice_scatter: (t, src, dim, start, end, step) =>
    overwritten(t, src, (x) => x.slice(dim, start, end, step)),
  diagonal_scatter: (t, src, offset, dim1, dim2) =>
    overwritten(t, src, (x) => x.diagonal(offset, dim1, dim2)),
  as_strided_scatter: (t, src, size, stride, offset) =>
    overwritten(t, src, (x) => x.asStrided(size, stride, offset)),
}

define(viewScatterSchemas, implementations)
