import { cellText, type MatrixCell, matrixOf, type Report, statuses } from '@sconce/conformance'
import { useMemo, useState } from 'preact/hooks'

const countsOf = ({ totals, kernels }: MatrixCell): string =>
  [
    ...statuses
      .filter((status) => totals[status] > 0)
      .map((status) => `${status} ${totals[status]}`),
    ...(kernels ? [`${kernels} kernels`] : []),
  ].join(', ')

const Cell = ({ cell }: { cell: MatrixCell | undefined }) =>
  cell ? (
    <td class={cell.status} title={countsOf(cell)}>
      {cellText(cell)}
    </td>
  ) : (
    <td />
  )

const isFine = (cell: MatrixCell | undefined): boolean =>
  cell === undefined || cell.status === 'pass' || cell.status === 'unclaimed'

/** Op × dtype: how many cases passed, and the worst error in ULP. */
export function Matrix({ report }: { report: Report }) {
  const [filter, setFilter] = useState('')
  const [onlyProblems, setOnlyProblems] = useState(false)
  const { columns, rows } = useMemo(() => matrixOf([report]), [report])
  const shown = rows.filter(
    ({ op, cells }) => op.includes(filter) && (!onlyProblems || !cells.every(isFine)),
  )
  return (
    <section class="card" aria-labelledby="matrix">
      <h3 id="matrix">Op × dtype</h3>
      <div class="row">
        <label>
          Op{' '}
          <input
            type="search"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={onlyProblems}
            onChange={() => setOnlyProblems(!onlyProblems)}
          />{' '}
          Only what does not pass
        </label>
        <small>{shown.length} rows</small>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="matrix" tabIndex={0} aria-label="Table of results">
        <table>
          <thead>
            <tr>
              <th scope="col">op</th>
              {columns.map(({ dtype }) => (
                <th key={dtype} scope="col">
                  {dtype}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ op, cells }) => (
              <tr key={op}>
                <th scope="row">{op}</th>
                {cells.map((cell, i) => (
                  <Cell key={columns[i].dtype} cell={cell} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}
