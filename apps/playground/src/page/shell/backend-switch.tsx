import { backend, backends, chooseBackend } from './backend.ts'

const titles = {
  cpu: 'Portable JavaScript',
  wasm: 'WebAssembly SIMD, with threads where there are any',
  webgl: 'WebGL2, on the GPU',
} as const

/** Chooses what everything on the page runs on. */
export const BackendSwitch = () => (
  <fieldset class="switch">
    <legend>Backend</legend>
    {backends.map((name) => (
      <label key={name} title={titles[name]}>
        <input
          type="radio"
          name="backend"
          value={name}
          checked={backend.value === name}
          onChange={() => chooseBackend(name)}
        />
        <span>{name}</span>
      </label>
    ))}
  </fieldset>
)
