export * from './diff.ts'
export { toHtml } from './html.ts'
export { parseReport, toJson } from './json.ts'
export { toJUnit } from './junit.ts'
export * from './known-failures.ts'
export { toMarkdown } from './markdown.ts'
export {
  cellText,
  type Matrix,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRow,
  matrixOf,
} from './matrix.ts'
export * from './report.ts'
export * from './result.ts'
