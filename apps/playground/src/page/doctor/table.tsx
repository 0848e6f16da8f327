import type { AvailableBackend, Diagnosis, Findings } from 'sconce'

const count = (value: number): string => value.toLocaleString('en')

const duration = (milliseconds: number): string =>
  milliseconds < 0.1 ? `${(milliseconds * 1000).toFixed(1)} µs` : `${milliseconds.toFixed(2)} ms`

const reads: Readonly<Record<AvailableBackend['readSync'], string>> = {
  free: 'yes',
  stall: 'yes, waits for the device',
  none: 'no: await x.data()',
}

const statusOf = (found: Diagnosis): string => {
  if (!found.available) return 'not available'
  return found.software ? 'when asked for by name: an emulated GPU' : 'available'
}

/** What there is to know of a backend, by name. */
function factsOf(found: Diagnosis): (readonly [string, string])[] {
  if (!found.available)
    return [
      ['Why', found.reason],
      ['Mend', found.mend],
    ]
  const { threads, simd, gpu, limits, timings, notes } = found
  const optional = { Threads: threads?.toString(), SIMD: simd, GPU: gpu }
  return [
    ['Device', found.description],
    ...Object.entries(optional).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
    ['Reads at once', reads[found.readSync]],
    ['Dtypes', found.dtypes.join(', ')],
    ['Own kernels', found.native.join(', ')],
    [
      'Limits',
      Object.entries(limits)
        .map(([name, value]) => `${name} ${count(value)}`)
        .join(', '),
    ],
    ...notes.map((note) => ['Note', note] as const),
    ...Object.entries(timings ?? {}).map(([name, value]) => [name, duration(value)] as const),
  ]
}

const Backend = ({ found, badges }: { found: Diagnosis; badges: readonly string[] }) => (
  <tbody>
    <tr class={found.available ? 'yes' : 'no'}>
      <th class="head" scope="rowgroup" colSpan={2}>
        <code>{found.name}</code> <span class="state">{statusOf(found)}</span>
        {badges.map((badge) => (
          <span key={badge} class="badge">
            {badge}
          </span>
        ))}
      </th>
    </tr>
    {factsOf(found).map(([name, value], i) => (
      <tr key={i}>
        <th scope="row">{name}</th>
        <td>{value}</td>
      </tr>
    ))}
  </tbody>
)

/** All that the doctor found. */
export const FindingsTable = ({ findings }: { findings: Findings }) => {
  const { backends, environment, preferred, recommended } = findings
  return (
    <>
      <section class="card" aria-labelledby="environment">
        <h3 id="environment">This browser</h3>
        <dl class="facts">
          {Object.entries(environment).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section class="card" aria-labelledby="backends">
        <h3 id="backends">Backends</h3>
        <table class="doctor">
          {backends.map((found) => {
            const badges = [
              ...(found.name === preferred ? ['init() picks it'] : []),
              ...(found.name === recommended ? ['fastest here'] : []),
            ]
            return <Backend key={found.name} found={found} badges={badges} />
          })}
        </table>
      </section>
    </>
  )
}
