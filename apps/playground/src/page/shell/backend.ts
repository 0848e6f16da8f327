import { signal } from '@preact/signals'
import { recall, remember } from './memory.ts'

/** The stock backends that a page can use. */
export const backends = ['cpu', 'wasm', 'webgl'] as const
export type BackendName = (typeof backends)[number]

const KEY = 'backend'

const remembered = backends.find((name) => name === recall(KEY))

/** The backend that everything on the page runs on. */
export const backend = signal<BackendName>(remembered ?? 'wasm')

export const chooseBackend = (name: BackendName): void => {
  backend.value = name
  remember(KEY, name)
}
