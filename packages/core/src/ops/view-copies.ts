import type { Schemas } from '../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/** Views whose elements are copied; `torch.view_copy` and so on. */
export const viewCopySchemas = {
  aliasCopy: 'alias_copy(Tensor self) -> Tensor',
  asStridedCopy:
    'as_strided_copy(Tensor self, int[] size, int[] stride, int? storage_offset=None) -> Tensor',
  detachCopy: 'detach_copy(Tensor self) -> Tensor',
  diagonalCopy: 'diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor',
  expandCopy: 'expand_copy(Tensor self, int[] size) -> Tensor',
  permuteCopy: 'permute_copy(Tensor self, int[] dims) -> Tensor',
  selectCopy: 'select_copy(Tensor self, int dim, int index) -> Tensor',
  sliceCopy:
    'slice_copy(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor',
  splitCopy: 'split_copy(Tensor self, int|int[] split_size, int dim=0) -> Tensor[]',
  splitWithSizesCopy:
    'split_with_sizes_copy(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]',
  squeezeCopy: [
    'squeeze_copy(Tensor self) -> Tensor',
    'squeeze_copy.dim(Tensor self, int|int[] dim) -> Tensor',
  ],
  tCopy: 't_copy(Tensor self) -> Tensor',
  transposeCopy: 'transpose_copy(Tensor self, int dim0, int dim1) -> Tensor',
  unbindCopy: 'unbind_copy(Tensor self, int dim=0) -> Tensor[]',
  unfoldCopy: 'unfold_copy(Tensor self, int dimension, int size, int step) -> Tensor',
  unsqueezeCopy: 'unsqueeze_copy(Tensor self, int dim) -> Tensor',
  viewCopy: 'view_copy(Tensor self, int[] size) -> Tensor',
} as const satisfies Schemas

/** The op that makes the view, on the same arguments, then a copy. */
const copied =
  (view: string) =>
  (...args: unknown[]): Tensor =>
    (callOperation(view, args) as Tensor).clone()
const allCopied =
  (views: string) =>
  (...args: unknown[]): Tensor[] =>
    (callOperation(views, args) as Tensor[]).map((t) => t.clone())

const implementations: FamilyImplementations<typeof viewCopySchemas> = {
  alias_copy: copied('alias'),
  as_strided_copy: copied('as_strided'),
  detach_copy: (t) => t.detach().clone(),
  diagonal_copy: copied('diagonal'),
  expand_copy: copied('expand'),
  permute_copy: copied('permute'),
  select_copy: copied('select'),
  slice_copy: copied('slice'),
  split_copy: allCopied('split'),
  split_with_sizes_copy: allCopied('split_with_sizes'),
  squeeze_copy: copied('squeeze'),
  'squeeze_copy.dim': copied('squeeze.dim'),
  t_copy: copied('t'),
  transpose_copy: copied('transpose'),
  unbind_copy: allCopied('unbind'),
  unfold_copy: copied('unfold'),
  unsqueeze_copy: copied('unsqueeze'),
  view_copy: copied('view'),
}

define(viewCopySchemas, implementations)
