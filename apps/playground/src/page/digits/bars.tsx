import { look } from './state.ts'

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const digits = Array.from({ length: 10 }, (_, digit) => digit)

/** How sure the network is of each digit. */
export function Bars() {
  const probabilities = look.value?.probabilities
  const best = probabilities?.indexOf(Math.max(...probabilities))
  return (
    <section class="card" aria-labelledby="prediction">
      <h3 id="prediction">What the network sees</h3>
      <p class="verdict" role="status">
        {probabilities && best !== undefined ? (
          <>
            <b>{best}</b> {percent(probabilities[best])}
          </>
        ) : (
          'Nothing yet: draw a digit.'
        )}
      </p>
      <ul class="bars">
        {digits.map((digit) => {
          const share = probabilities?.[digit] ?? 0
          return (
            <li key={digit} class={digit === best ? 'best' : ''}>
              <span>{digit}</span>
              <span class="bar">
                <span style={{ width: `${100 * share}%` }} />
              </span>
              <span>{percent(share)}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
