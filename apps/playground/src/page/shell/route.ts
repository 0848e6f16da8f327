import { signal } from '@preact/signals'

/** The parts of the page. */
export const views = ['examples', 'digits', 'conformance', 'doctor'] as const
export type View = (typeof views)[number]

/** What the address says: `#examples/autograd`. */
export interface Route {
  readonly view: View
  /** The rest of the address. */
  readonly detail: string
}

const isView = (name: string): name is View => views.some((view) => view === name)

function read(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#/, '').split('/')
  return isView(name)
    ? { view: name, detail: decodeURIComponent(rest.join('/')) }
    : { view: 'examples', detail: '' }
}

export const route = signal(read(location.hash))

addEventListener('hashchange', () => {
  route.value = read(location.hash)
})

/** The address of a part of the page. */
export const hrefOf = (view: View, detail = ''): string =>
  detail ? `#${view}/${encodeURIComponent(detail)}` : `#${view}`

/** Goes there. */
export const goTo = (view: View, detail = ''): void => {
  location.hash = hrefOf(view, detail)
}
