import type { joinSchemas, Tensor } from '@sconce/core'
import { defineDerivatives } from './row.ts'

defineDerivatives<typeof joinSchemas>({
  cat: {
    tensors: (g, { dim }, { tensors }) => {
      const d = dim < 0 ? dim + g.ndim : dim
      let start = 0
      return tensors.map(({ shape }): Tensor => {
        // The 1-d empty tensor that fits everywhere has an empty gradient.
        if (shape.length !== g.ndim) return g.newZeros(shape)
        const part = g.narrow(d, start, shape[d])
        start += shape[d]
        return part
      })
    },
  },
  stack: { tensors: (g, { dim }) => g.unbind(dim) },
})
