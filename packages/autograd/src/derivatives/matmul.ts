import type { matmulSchemas, Scalar, Tensor } from '@sconce/core'
import type { TensorInfo } from '../node.ts'
import { defineDerivatives } from './row.ts'

/** `g · by`, without an op where `by` is 1. */
const scaled = (g: Tensor, by: Scalar): Tensor => (Number(by) === 1 ? g : g.mul(by))

/**
 * The gradient of the right factor, laid out as that is, as PyTorch's `mm_mat2_backward` has it: the
 * gradient of a weight that was used transposed then lies as the weight does.
 */
const ofRight = (g: Tensor, left: Tensor, { shape, strides }: TensorInfo): Tensor =>
  strides[0] === 1 && strides[1] === shape[0] ? g.t().mm(left).t() : left.t().mm(g)

defineDerivatives<typeof matmulSchemas>({
  mm: {
    save: { self: ['mat2'], mat2: ['self'] },
    self: (g, { mat2 }) => g.mm(mat2.t()),
    mat2: (g, { self }, { mat2 }) => ofRight(g, self, mat2),
  },
  bmm: {
    save: { self: ['mat2'], mat2: ['self'] },
    self: (g, { mat2 }) => g.bmm(mat2.transpose(1, 2)),
    mat2: (g, { self }) => self.transpose(1, 2).bmm(g),
  },
  mv: {
    save: { self: ['vec'], vec: ['self'] },
    self: (g, { vec }) => g.outer(vec),
    vec: (g, { self }) => self.t().mv(g),
  },
  dot: {
    save: { self: ['tensor'], tensor: ['self'] },
    self: (g, { tensor }) => tensor.mul(g),
    tensor: (g, { self }) => self.mul(g),
  },
  addmm: {
    save: { mat1: ['mat2'], mat2: ['mat1'] },
    self: (g, { beta }) => scaled(g, beta),
    mat1: (g, { mat2, alpha }) => scaled(g.mm(mat2.t()), alpha),
    mat2: (g, { mat1, alpha }, { mat2 }) => scaled(ofRight(g, mat1, mat2), alpha),
  },
  addmv: {
    save: { mat: ['vec'], vec: ['mat'] },
    self: (g, { beta }) => scaled(g, beta),
    mat: (g, { vec, alpha }) => scaled(g.outer(vec), alpha),
    vec: (g, { mat, alpha }) => scaled(mat.t().mv(g), alpha),
  },
  baddbmm: {
    save: { batch1: ['batch2'], batch2: ['batch1'] },
    self: (g, { beta }) => scaled(g, beta),
    batch1: (g, { batch2, alpha }) => scaled(g.bmm(batch2.transpose(1, 2)), alpha),
    batch2: (g, { batch1, alpha }) => scaled(batch1.transpose(1, 2).bmm(g), alpha),
  },
  addbmm: {
    save: { batch1: ['batch2'], batch2: ['batch1'] },
    self: (g, { beta }) => scaled(g, beta),
    // The sum over the batch hands the same gradient to every product.
    batch1: (g, { batch2, alpha }, { batch1 }) =>
      scaled(batched(g, batch1.shape[0]).bmm(batch2.transpose(1, 2)), alpha),
    batch2: (g, { batch1, alpha }, { batch2 }) =>
      scaled(batch1.transpose(1, 2).bmm(batched(g, batch2.shape[0])), alpha),
  },
})

const batched = (g: Tensor, count: number): Tensor => g.unsqueeze(0).expand([count, ...g.shape])
