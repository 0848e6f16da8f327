import { Tensor } from 'sconce'

/** What the page's functions take for a number. */
export type Scalar = number | Tensor

/** What they take for a row of numbers. */
export type Numbers = readonly number[] | Tensor

/** @throws ValueError for a tensor of more than one element */
export const toNumber = (value: Scalar): number =>
  value instanceof Tensor ? Number(value.item()) : value

/** The elements of a tensor of any shape, in order. */
export const toNumbers = (values: Numbers): number[] =>
  values instanceof Tensor
    ? Array.from(values.detach().flatten().toTypedArray(), Number)
    : [...values]
