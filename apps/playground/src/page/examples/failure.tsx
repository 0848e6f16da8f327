import type { FailureEvent } from '../../protocol/events.ts'

interface FailureProps {
  readonly failure: FailureEvent
  readonly goTo: (line: number, column?: number) => void
}

/** Why a program failed, and the way to where. */
export const FailureCard = ({ failure: { message, line, column }, goTo }: FailureProps) => (
  <div class="failure" role="alert">
    <pre>{message}</pre>
    {line !== undefined && (
      <button type="button" onClick={() => goTo(line, column)}>
        Line {line}
      </button>
    )}
  </div>
)
