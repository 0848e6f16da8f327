import { slowdown, type Timed } from './benchmark.ts'
import type { AvailableBackend, Diagnosis, Findings } from './doctor.ts'
import { workloads } from './workloads.ts'

/** Columns of equal width, two spaces apart. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  )
}

const duration = (milliseconds: number): string =>
  milliseconds < 0.1 ? `${(milliseconds * 1000).toFixed(1)} µs` : `${milliseconds.toFixed(2)} ms`

const count = (value: number): string => value.toLocaleString('en')

/** A line on what the device is, and what there is to know beside it. */
function about(found: Diagnosis): string[] {
  if (!found.available) return [`  ${found.reason}`, `  mend: ${found.mend}`]
  const limits = Object.entries(found.limits).map(([name, value]) => `${name} ${count(value)}`)
  return [
    `  ${found.description}${found.software ? ' (software: used only when asked for by name)' : ''}`,
    `  limits: ${limits.join(', ')}`,
    `  dtypes: ${found.dtypes.join(', ')}`,
    ...found.notes.map((note) => `  note: ${note}`),
  ]
}

const status = (found: Diagnosis): string => {
  if (!found.available) return 'no'
  return found.software ? 'by name' : 'yes'
}

const summary = (backends: readonly Diagnosis[]): string[] =>
  align([
    ['backend', 'available', 'threads', 'SIMD', 'GPU', 'read at once'],
    ...backends.map((found) => {
      const { threads, simd, gpu, readSync }: Partial<AvailableBackend> = found.available
        ? found
        : {}
      return [
        found.name,
        status(found),
        threads === undefined ? '–' : `${threads}`,
        simd ?? '–',
        gpu ?? '–',
        readSync ?? '–',
      ]
    }),
  ])

function times(backends: readonly Diagnosis[]): string[] {
  const timed = backends.flatMap((found): Timed[] =>
    found.available && found.timings ? [{ name: found.name, timings: found.timings }] : [],
  )
  if (timed.length === 0) return []
  const rows = timed.map(({ name, timings }) => [
    name,
    ...workloads.map((workload) => duration(timings[workload.name])),
    `${slowdown(timings, timed).toFixed(2)}×`,
  ])
  const head = ['', ...workloads.map(({ name }) => name), 'over all']
  return ['', ...align([head, ...rows])]
}

/** The findings as `npx sconce doctor` prints them. */
export function findingsText({ environment, backends, preferred, recommended }: Findings): string {
  return [
    Object.entries(environment)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
    '',
    ...summary(backends),
    ...backends.flatMap((found) => ['', found.name, ...about(found)]),
    ...times(backends),
    '',
    preferred === undefined ? 'init() finds no backend here.' : `init() picks ${preferred}.`,
    ...(recommended === undefined ? [] : [`Fastest here: await init('${recommended}')`]),
    '',
  ].join('\n')
}
