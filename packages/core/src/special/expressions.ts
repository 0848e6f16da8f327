/** Builders of special functions as expressions, for derivatives that are made of them. */
export { trigamma } from './gamma.ts'
export { i0, i0e, i1, i1e } from './modified-bessel.ts'
