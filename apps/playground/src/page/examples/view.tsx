import { useRef } from 'preact/hooks'
import { type Example, examples } from '../../examples/index.ts'
import { backend } from '../shell/backend.ts'
import { route } from '../shell/route.ts'
import type { CodeEditor } from './code-editor.ts'
import { drafts, keepDraft, sourceOf } from './drafts.ts'
import { Editor } from './editor.tsx'
import { FailureCard } from './failure.tsx'
import { Help } from './help.tsx'
import { ExampleList } from './list.tsx'
import { Results } from './results.tsx'
import { isBusy, run, status, stop } from './session.ts'
import { StatusLine } from './status-line.tsx'

/** The last one that the address named. */
let last: Example = examples[0]

function chosen(): Example {
  const { view, detail } = route.value
  if (view === 'examples') last = examples.find(({ name }) => name === detail) ?? last
  return last
}

/** Programs to choose, to edit and to run. */
export function ExamplesView() {
  const example = chosen()
  const editor = useRef<CodeEditor>(null)
  const current = status.value
  const failure = current.is === 'failed' ? current.failure : undefined
  const start = () => run({ source: sourceOf(example), backend: backend.value })
  return (
    <div class="examples">
      <ExampleList selected={example.name} />
      <section class="program" aria-label={example.title}>
        <div class="toolbar">
          <button type="button" class="primary" onClick={start} title="Ctrl+Enter or ⌘+Enter">
            Run
          </button>
          <button type="button" onClick={stop} disabled={!isBusy(current)}>
            Stop
          </button>
          <button
            type="button"
            onClick={() => keepDraft(example, example.source)}
            disabled={drafts.value[example.name] === undefined}
          >
            Reset
          </button>
          <StatusLine status={current} />
        </div>
        <Editor
          name={example.name}
          text={sourceOf(example)}
          failure={failure}
          events={{ changed: (text) => keepDraft(example, text), run: start }}
          handle={editor}
        />
        <Help />
      </section>
      <section class="results" aria-label="Results">
        {failure && (
          <FailureCard
            failure={failure}
            goTo={(line, column) => editor.current?.goTo(line, column)}
          />
        )}
        <Results />
      </section>
    </div>
  )
}
