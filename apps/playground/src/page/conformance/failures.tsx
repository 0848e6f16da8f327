import { isFailing, type Report } from '@sconce/conformance'

/** What did not pass, with why. */
export function Failures({ report }: { report: Report }) {
  const failing = report.results.filter(({ status }) => isFailing(status) || status === 'blocked')
  if (failing.length === 0) return null
  return (
    <section class="card" aria-labelledby="failures">
      <h3 id="failures">{failing.length} cases do not pass</h3>
      <dl class="failures">
        {failing.slice(0, 200).map(({ id, status, message }) => (
          <div key={id}>
            <dt>
              <code>{id}</code> <small>{status}</small>
            </dt>
            <dd>{message}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
