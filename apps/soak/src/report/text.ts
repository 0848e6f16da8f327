import { type Trial, verdictOf } from '../trial.ts'

const MiB = 2 ** 20

const quantity = (figure: string, value: number): string =>
  figure === 'storages' ? `${value}` : `${(value / MiB).toFixed(1)} MiB`

/** `wasm perceptron, 10000 steps in one piece`. */
export const titleOf = ({ backend, program, steps, loop }: Trial): string =>
  `${backend} ${program}, ${steps} steps ${loop}`

/** A trial in a few lines: what it held in its middle and last third, and what is wrong. */
export function trialText(trial: Trial): string {
  const { growths, isSame, faults } = verdictOf(trial)
  const { milliseconds, mishaps, spilledBytes } = trial.outcome
  const facts = [
    `${((1000 * milliseconds) / trial.steps).toFixed(0)} µs a step`,
    `${mishaps} mishaps`,
    `${(spilledBytes / MiB).toFixed(0)} MiB spilled`,
    `results ${isSame ? 'the same' : 'differ'}`,
  ]
  return [
    `${faults.length === 0 ? '✓' : '✗'} ${titleOf(trial)}: ${facts.join(', ')}`,
    ...growths.map(
      ({ figure, before, after }) =>
        `    ${figure.padEnd(9)} ${quantity(figure, before)} → ${quantity(figure, after)}`,
    ),
    ...faults.map((fault) => `    ${fault}`),
    '',
  ].join('\n')
}
