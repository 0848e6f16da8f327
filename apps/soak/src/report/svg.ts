import { curve, type Figure } from '../flatness.ts'
import type { Trial } from '../trial.ts'
import { titleOf } from './text.ts'

const MiB = 2 ** 20
const [width, height, margin] = [480, 160, 44]

/** What is drawn, in MiB; colours that differ in lightness too. */
const lines: readonly { figure: Figure; label: string; colour: string }[] = [
  { figure: 'resident', label: 'resident', colour: '#222222' },
  { figure: 'heap', label: 'JS heap', colour: '#d17b00' },
  { figure: 'device', label: 'tensors', colour: '#5bb974' },
  { figure: 'taken', label: 'linear memory or textures', colour: '#0a6ebd' },
]

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Round numbers from 0 up, three or so. */
function ticks(most: number): number[] {
  const unit = 10 ** Math.floor(Math.log10(Math.max(most, 1)))
  const step = [0.5, 1, 2, 5].map((f) => f * unit).find((s) => most / s <= 4) ?? 10 * unit
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)
}

function panel(trial: Trial, top: number): string {
  const { samples } = trial.outcome
  const curves = lines.map((line) => ({
    ...line,
    points: curve(samples, line.figure).map(([step, bytes]) => [step, bytes / MiB]),
  }))
  const most = Math.max(1, ...curves.flatMap(({ points }) => points.map(([, value]) => value)))
  const x = (step: number) => margin + (step / trial.steps) * (width - 2 * margin)
  const y = (value: number) => height - 24 - (value / most) * (height - 56)
  const grid = ticks(most).map(
    (value) =>
      `<path d="M${margin} ${y(value)}H${width - margin}" stroke="#ddd"/>` +
      `<text x="${margin - 4}" y="${y(value) + 3}" text-anchor="end">${value}</text>`,
  )
  const drawn = curves
    .filter(({ points }) => points.length > 1)
    .map(({ colour, points }) => {
      const path = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`)
      return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path.join(' ')}"/>`
    })
  return (
    `<g transform="translate(0 ${top})">` +
    `<text x="${margin}" y="16" font-weight="bold">${escapeText(titleOf(trial))} (MiB)</text>` +
    `${grid.join('')}${drawn.join('')}` +
    `<text x="${width - margin}" y="${height - 8}" text-anchor="end">${trial.steps} steps</text></g>`
  )
}

/** The curves of trials, one panel each. */
export function svg(trials: readonly Trial[]): string {
  const legend = lines.map(
    ({ label, colour }, i) =>
      `<rect x="${margin + 100 * i}" y="8" width="10" height="10" fill="${colour}"/>` +
      `<text x="${margin + 100 * i + 14}" y="17">${label}</text>`,
  )
  const total = 28 + height * trials.length
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" ` +
    `font-family="system-ui, sans-serif" font-size="10">` +
    `<rect width="100%" height="100%" fill="white"/>${legend.join('')}\n` +
    `${trials.map((trial, i) => panel(trial, 28 + i * height)).join('\n')}\n</svg>\n`
  )
}
