import { duration } from './format.ts'
import { escapeHtml } from './html.ts'
import { isTimed, type Result } from './result.ts'

/** Colours that are told apart also by those who see few (Okabe and Ito). */
const colours = [
  '#0072b2',
  '#56b4e9',
  '#009e73',
  '#e69f00',
  '#d55e00',
  '#cc79a7',
  '#8c6d31',
  '#555555',
]

const left = 240
const width = 640
const rowHeight = 22
const legendHeight = 28

/** Positions of times on a scale of powers of ten. */
export function logScale(values: readonly number[]): {
  ticks: number[]
  at: (value: number) => number
} {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
    at: (value) => ((Math.log10(value) - low) / (high - low)) * width,
  }
}

/** The medians of all contestants, a line for each row, as an SVG image: the further left, the faster. */
export function plot({ rows, contestants }: Result): string {
  const values = rows.flatMap((row) =>
    Object.values(row.cells)
      .filter(isTimed)
      .map((c) => c.median),
  )
  if (values.length === 0) return ''
  const { ticks, at } = logScale(values)
  const bottom = legendHeight + rows.length * rowHeight
  const colourOf = (i: number) => colours[i % colours.length]
  const grid = ticks.map((tick) => {
    const x = left + at(tick)
    return (
      `<line x1="${x}" x2="${x}" y1="${legendHeight}" y2="${bottom}" stroke="#ddd"/>` +
      `<text x="${x}" y="${bottom + 16}" text-anchor="middle">${duration(tick)}</text>`
    )
  })
  const legend = contestants.map((name, i) => {
    const x = left + (i % 8) * 105
    return (
      `<circle cx="${x}" cy="10" r="5" fill="${colourOf(i)}"/>` +
      `<text x="${x + 9}" y="14">${escapeHtml(name)}</text>`
    )
  })
  const lines = rows.map((row, r) => {
    const y = legendHeight + (r + 0.5) * rowHeight
    const dots = contestants.map((name, i) => {
      const cell = row.cells[name]
      if (!isTimed(cell)) return ''
      const title = `${escapeHtml(name)}: ${duration(cell.median)}`
      return `<circle cx="${left + at(cell.median)}" cy="${y}" r="5" fill="${colourOf(i)}" fill-opacity=".85"><title>${title}</title></circle>`
    })
    return (
      `<text x="${left - 12}" y="${y + 4}" text-anchor="end">${escapeHtml(row.name)}</text>` +
      `<line x1="${left}" x2="${left + width}" y1="${y}" y2="${y}" stroke="#eee"/>${dots.join('')}`
    )
  })
  const viewBox = `0 0 ${left + width + 220} ${bottom + 24}`
  return `<svg viewBox="${viewBox}" role="img" aria-label="Median times on a logarithmic scale" font-size="12" font-family="system-ui, sans-serif">
${[...grid, ...legend, ...lines].join('\n')}
</svg>`
}
