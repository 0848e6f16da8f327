import { type Level, levelNames, levels } from '@sconce/conformance'
import { useState } from 'preact/hooks'
import { backend } from '../shell/backend.ts'
import { load, run, running, stop } from './state.ts'

const globsOf = (text: string): string[] => text.split(/[\s,]+/).filter((glob) => glob !== '')

/** Chooses a part of the kit, and runs it. */
export function PartForm() {
  const [chosen, setChosen] = useState<readonly Level[]>([0, 1])
  const [only, setOnly] = useState('')
  const busy = running.value
  const toggle = (level: Level) =>
    setChosen(levels.filter((other) => (other === level) !== chosen.includes(other)))
  return (
    <form
      class="card part"
      onSubmit={(event) => {
        event.preventDefault()
        void run({ backend: backend.value, levels: chosen, only: globsOf(only) })
      }}
    >
      <fieldset>
        <legend>Levels</legend>
        {levels.map((level) => (
          <label key={level}>
            <input
              type="checkbox"
              checked={chosen.includes(level)}
              onChange={() => toggle(level)}
            />{' '}
            {level} {levelNames[level]}
          </label>
        ))}
      </fieldset>
      <div class="row">
        <label>
          Only{' '}
          <input
            type="text"
            value={only}
            placeholder="ops/softmax*, matmul"
            spellcheck={false}
            onInput={({ currentTarget }) => setOnly(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={!!busy || chosen.length === 0}>
          Run on {backend.value}
        </button>
        <button type="button" disabled={!busy} onClick={stop}>
          Stop
        </button>
        <label class="file">
          or show a report{' '}
          <input
            type="file"
            accept="application/json"
            onChange={({ currentTarget: { files } }) => files?.[0] && void load(files[0])}
          />
        </label>
      </div>
      {busy && (
        <p class="row">
          <progress aria-label="Cases done" value={busy.done} max={Math.max(busy.total, 1)} />
          <span role="status">
            {busy.total > 0 ? `${busy.done} of ${busy.total} cases` : 'Reading the cases …'}
          </span>
        </p>
      )}
    </form>
  )
}
