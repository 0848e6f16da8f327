/** The meaning of kernels as a program: what tests of backends compare with. */
export { indices, ReferenceBackend } from './backend.ts'
export { apply, convert, decode, encode, type Value } from './scalars.ts'
