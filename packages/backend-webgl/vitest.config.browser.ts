import { browserTests } from '../../vitest.shared.ts'

// To measure what is really held, tests of memory ask for a collection and for exact numbers.
export default browserTests('backend-webgl', [
  '--js-flags=--expose-gc',
  '--enable-precise-memory-info',
])
