/**
 * What programs on the page import from `playground` to show what they do. Charts, pictures and graphs
 * have titles; the same title again means the same place on the page.
 */
export { showGraph } from './graph.ts'
export type { Numbers, Scalar } from './numbers.ts'
export type { ShowOptions } from './picture.ts'
export { curves, type PlotOptions, plot } from './plot.ts'
export { show } from './show.ts'
