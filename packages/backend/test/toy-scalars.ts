export * from '../src/reference/scalars.ts'
