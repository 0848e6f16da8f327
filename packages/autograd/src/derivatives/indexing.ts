import type { indexAlongSchemas, indexSchemas, Tensor } from '@sconce/core'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'

defineDerivatives<typeof indexSchemas>({
  index: {
    save: ['indices'],
    self: (g, { indices }, { self }) =>
      g.newZeros(self.shape).indexPut(indices, g, { accumulate: true }),
  },
  index_put: {
    save: ['indices'],
    self: (g, { indices, accumulate }) => (accumulate ? g : g.indexPut(indices, g.newZeros([]))),
    values: (g, { indices }) => g.index(indices),
  },
  index_select: {
    save: ['index'],
    self: (g, { dim, index }, { self }) => g.newZeros(self.shape).indexAdd(dim, index, g),
  },
  gather: {
    save: ['index'],
    self: (g, { dim, index }, { self }) => g.newZeros(self.shape).scatterAdd(dim, index, g),
  },
  scatter: {
    save: ['index'],
    self: (g, { dim, index }) => g.scatter(dim, index, 0),
    src: (g, { dim, index }, { src }) => cornered(g.gather(dim, index), src.shape),
  },
  'scatter.value': {
    node: 'ScatterBackward1',
    save: ['index'],
    self: (g, { dim, index }) => g.scatter(dim, index, 0),
  },
  scatter_add: {
    save: ['index'],
    self: (g) => g,
    src: (g, { dim, index }, { src }) => cornered(g.gather(dim, index), src.shape),
  },
})

/** The gradient of a source of which only the part as large as the index was used. */
function cornered(g: Tensor, shape: readonly number[]): Tensor {
  if (g.ndim !== shape.length || shape.every((s, d) => s === g.shape[d])) return g
  const missing = shape.map((s, d) => s - g.shape[d]).reverse()
  return g.constantPadNd(missing.flatMap((m) => [0, m]))
}

/** Where a reducing scatter reads and writes: by element or by slice. */
interface Access {
  /** What is at the places written to. */
  read(t: Tensor): Tensor
  /** Adds at those places. */
  add(t: Tensor, source: Tensor): Tensor
  /** Sets those places to a number. */
  fill(t: Tensor, value: number): Tensor
  /** The reduction itself. */
  reduce(t: Tensor, source: Tensor): Tensor
}

/** Gradients of `scatterReduce` and `indexReduce` (`scatter_reduce_backward` of PyTorch). */
function reduceBackward(
  g: Tensor,
  self: Tensor,
  src: Tensor,
  result: Tensor,
  how: string,
  includeSelf: boolean,
  at: Access,
): { self: Tensor; src: Tensor } {
  const own = (t: Tensor) => (includeSelf ? t : at.fill(t, 0))
  switch (how) {
    case 'sum':
      return { self: own(g), src: at.read(g) }
    case 'prod': {
      const maskedSelf = self.maskedFill(self.eq(0), 1)
      const ofSelf = g.mul(at.reduce(maskedSelf, src)).div(maskedSelf)
      const zero = src.eq(0)
      const zeros = at.read(at.add(self.zerosLike(), zero.to(self.dtype)))
      const single = zero.logicalAnd(zeros.eq(1))
      const without = at.reduce(self, src.maskedFill(single, 1))
      const ordinary = at.read(g.mul(result)).div(src.maskedFill(zero, 1))
      const ofSrc = at.read(g.mul(without)).where(single, ordinary)
      return { self: own(ofSelf), src: ofSrc }
    }
    case 'mean': {
      const start = includeSelf ? g.onesLike() : g.zerosLike()
      const raw = at.add(start, src.onesLike())
      const count = raw.maskedFill(raw.eq(0), 1)
      return { self: own(g.div(count)), src: at.read(g).div(at.read(count)) }
    }
    default: {
      const value = at.read(result)
      const selfIs = self.eq(result).to(g.dtype)
      const srcIs = src.eq(value).to(g.dtype)
      const share = g.div(at.add(own(selfIs), srcIs))
      return { self: own(selfIs.mul(share)), src: srcIs.mul(at.read(share)) }
    }
  }
}

defineDerivatives<typeof indexAlongSchemas>({
  index_add: {
    save: ['index'],
    self: (g) => g,
    source: (g, { dim, index, alpha }, { source }) =>
      g.indexSelect(dim, index).mul(alpha).view(source.shape),
  },
  index_copy: {
    save: ['index'],
    self: (g, { dim, index }) => g.indexFill(dim, index, 0),
    source: (g, { dim, index }, { source }) => g.indexSelect(dim, index).view(source.shape),
  },
  index_fill: {
    save: ['index'],
    self: (g, { dim, index }) => g.indexFill(dim, index, 0),
    value: (g, { dim, index }) => g.indexSelect(dim, index.reshape([-1])).sum(),
  },
  index_reduce: {
    save: ['self', 'index', 'source', 'result'],
    together: (g, { self, dim, index, source, reduce, includeSelf, result }) => {
      const grads = reduceBackward(g, self, source, result, reduce, includeSelf, {
        read: (t) => t.indexSelect(dim, index).view(source.shape),
        add: (t, s) => t.indexAdd(dim, index, s),
        fill: (t, v) => t.indexFill(dim, index, v),
        reduce: (t, s) => t.indexReduce(dim, index, s, reduce, { includeSelf }),
      })
      return { self: grads.self, source: grads.src }
    },
  },
  scatter_reduce: {
    save: ['self', 'index', 'src', 'result'],
    together: (g, { self, dim, index, src, reduce, includeSelf, result }) =>
      reduceBackward(g, self, src, result, reduce, includeSelf, {
        read: (t) => t.gather(dim, index),
        add: (t, s) => t.scatterAdd(dim, index, s),
        fill: (t, v) => t.scatter(dim, index, v),
        reduce: (t, s) => t.scatterReduce(dim, index, s, reduce, { includeSelf }),
      }),
  },
})

defineNonDifferentiable<typeof indexSchemas>(['nonzero', 'nonzero.tuple', 'argwhere'])
