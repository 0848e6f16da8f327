import { useEffect, useRef } from 'preact/hooks'
import { PictureFigure } from '../output/picture.tsx'
import { backend } from '../shell/backend.ts'
import { Bars } from './bars.tsx'
import { Drawing } from './drawing.tsx'
import type { Pad } from './pad.ts'
import { failure, look, note, sample, start } from './state.ts'
import { Training } from './training.tsx'

/** A digit that is drawn, and what a convolutional network makes of it. */
export function DigitsView() {
  const pad = useRef<Pad | null>(null)
  const chosen = backend.value
  useEffect(() => void start(chosen), [chosen])
  const putSample = async () => {
    const digit = await sample()
    if (digit) pad.current?.put(digit.pixels)
  }
  return (
    <div class="page digits">
      <header>
        <h2>Draw a digit</h2>
        <p>
          A convolutional network looks at every stroke. Its weights come with the page, learned
          from MNIST; or train it here and watch.
        </p>
        <p class="status" role="status">
          {note.value}
        </p>
        {failure.value && (
          <p class="failure" role="alert">
            {failure.value}
          </p>
        )}
      </header>
      <section class="card" aria-labelledby="draw">
        <h3 id="draw">Drawing</h3>
        <Drawing handle={pad} />
        <p id="drawing-keys" class="keys">
          With the keyboard: arrows move the pen, space puts it down and lifts it, delete wipes.
        </p>
        <div class="row">
          <button type="button" onClick={() => pad.current?.wipe()}>
            Wipe
          </button>
          <button type="button" onClick={putSample}>
            A digit of MNIST
          </button>
        </div>
      </section>
      <Bars />
      <Training />
      {look.value && (
        <section class="activations" aria-label="Activations">
          <PictureFigure title="After the first convolution" picture={look.value.first} />
          <PictureFigure title="After the second" picture={look.value.second} />
        </section>
      )}
    </div>
  )
}
