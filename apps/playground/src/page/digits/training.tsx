import { useState } from 'preact/hooks'
import { ChartFigure } from '../output/chart.tsx'
import { PictureFigure } from '../output/picture.tsx'
import { filters, isTraining, losses, recall, stopTraining, train } from './state.ts'

/** Trains the network in the page. */
export function Training() {
  const [epochs, setEpochs] = useState(2)
  const busy = isTraining.value
  return (
    <section class="training" aria-labelledby="training">
      <div class="card">
        <h3 id="training">Train it here</h3>
        <p>
          From nothing, on 4000 digits of MNIST, in a worker of this page; 1000 others tell how good
          it became. What you draw is looked at meanwhile.
        </p>
        <div class="row">
          <label>
            Epochs{' '}
            <input
              type="number"
              min="1"
              max="20"
              value={epochs}
              onInput={({ currentTarget }) =>
                setEpochs(Math.max(1, currentTarget.valueAsNumber || 1))
              }
            />
          </label>
          <button type="button" class="primary" disabled={busy} onClick={() => train(epochs)}>
            Train
          </button>
          <button type="button" disabled={!busy} onClick={stopTraining}>
            Stop
          </button>
          <button type="button" disabled={busy} onClick={recall}>
            Weights that came with the page
          </button>
        </div>
      </div>
      {losses.value && <ChartFigure chart={losses.value} />}
      {filters.value && (
        <PictureFigure title="Filters of the first layer" picture={filters.value} />
      )}
    </section>
  )
}
