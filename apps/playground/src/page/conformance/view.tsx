import { Failures } from './failures.tsx'
import { Matrix } from './matrix.tsx'
import { PartForm } from './part-form.tsx'
import { failure, report } from './state.ts'
import { Summary } from './summary.tsx'

/** The conformance kit, run in the page. */
export const ConformanceView = () => (
  <div class="page">
    <header>
      <h2>Is the backend right?</h2>
      <p>
        The conformance kit checks a backend against results recorded from PyTorch, here in your
        browser and on your device. Levels 0 and 1 take seconds, all of them minutes.
      </p>
    </header>
    <PartForm />
    {failure.value && (
      <p class="failure" role="alert">
        {failure.value}
      </p>
    )}
    {report.value && (
      <>
        <Summary report={report.value} />
        <Failures report={report.value} />
        <Matrix report={report.value} />
      </>
    )}
  </div>
)
