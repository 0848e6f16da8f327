import { levelNames, levels, levelText, type Report, statuses, totalsOf } from '@sconce/conformance'

/** The level that was reached, and what became of the cases of each. */
export function Summary({ report }: { report: Report }) {
  const shown = statuses.filter((status) => report.totals[status] > 0)
  const rows = levels.flatMap((level) => {
    const results = report.results.filter((result) => result.level === level)
    return results.length > 0 ? [{ level, totals: totalsOf(results) }] : []
  })
  return (
    <section class="card" aria-labelledby="level">
      <h3 id="level">
        {report.backend}: level {levelText(report.level)}
      </h3>
      <p class="about">
        {report.claims?.description} {report.environment.runtime} {report.results.length} cases in{' '}
        {(report.milliseconds / 1000).toFixed(1)} s
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Level</th>
            {shown.map((status) => (
              <th key={status} scope="col">
                {status}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ level, totals }) => (
            <tr key={level}>
              <th scope="row">
                {level} {levelNames[level]}
              </th>
              {shown.map((status) => (
                <td key={status}>{totals[status]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
