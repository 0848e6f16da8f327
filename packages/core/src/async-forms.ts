import { asynchronous } from './async-reads.ts'
import { argwhere, maskedSelect, nonzero, unique, uniqueConsecutive } from './functions.ts'
import type { Tensor } from './tensor.ts'

/* The ops whose results' shapes depend on elements, for devices that are read asynchronously. */

/** As `nonzero`, awaited. */
export const nonzeroAsync = asynchronous((self: Tensor) => nonzero(self))
/** As `argwhere`, awaited. */
export const argwhereAsync = asynchronous(argwhere)
/** As `maskedSelect`, awaited; the gradient is recorded. */
export const maskedSelectAsync = asynchronous(maskedSelect)
/** As `unique`, awaited: the sorted values. */
export const uniqueAsync = asynchronous((self: Tensor) => unique(self))
/** As `uniqueConsecutive`, awaited. */
export const uniqueConsecutiveAsync = asynchronous((self: Tensor) => uniqueConsecutive(self))
