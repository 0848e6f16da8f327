import { useEffect } from 'preact/hooks'
import { examine, failure, findings, isBusy } from './state.ts'
import { FindingsTable } from './table.tsx'

/** Which backends run in this browser. */
export function DoctorView() {
  useEffect(() => void examine(false), [])
  return (
    <div class="page">
      <header>
        <h2>What runs here?</h2>
        <p>
          Every backend that is registered: whether this browser can run it, if not why not and how
          to mend it, and what its device is. <code>npx sconce doctor</code> tells the same in Node.
        </p>
      </header>
      <div class="row">
        <button type="button" class="primary" disabled={isBusy.value} onClick={() => examine(true)}>
          Time them
        </button>
        <button type="button" disabled={isBusy.value} onClick={() => examine(false)}>
          Look again
        </button>
        <span role="status">{isBusy.value ? 'Looking …' : ''}</span>
      </div>
      {failure.value && (
        <p class="failure" role="alert">
          {failure.value}
        </p>
      )}
      {findings.value && <FindingsTable findings={findings.value} />}
    </div>
  )
}
