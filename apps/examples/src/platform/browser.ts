/** The same of a page, which the launcher serves and listens to. */
import type { Progress, ProgressOptions } from '@sconce/data/progress'

/** The bytes of a file of an installed package. */
export async function packageFile(name: string, path: string): Promise<Uint8Array> {
  const response = await fetch(`/package-file?${new URLSearchParams({ name, path })}`)
  if (!response.ok) throw new Error(`${path} of ${name}: ${response.status}`)
  return response.bytes?.() ?? new Uint8Array(await response.arrayBuffer())
}

const results = new Map<string, Uint8Array>()

/** Hands a file to the launcher, which writes it; returns its path there. */
export async function writeResult(name: string, bytes: Uint8Array): Promise<string> {
  const response = await fetch(`/result?${new URLSearchParams({ name })}`, {
    method: 'POST',
    body: new Uint8Array(bytes),
  })
  if (!response.ok) throw new Error(`${name}: ${response.status}`)
  const path = await response.text()
  results.set(path, bytes)
  return path
}

/** The bytes of a file of `writeResult`. */
export async function readResult(path: string): Promise<Uint8Array> {
  const bytes = results.get(path)
  if (!bytes) throw new Error(`${path} was not written by this page`)
  return bytes
}

/** How many lines tell of a whole pass. */
const LINES = 10

/** Iterates `source`; a page has no terminal to draw a bar in, so that a line is printed now and then. */
export function progress<T>(
  source: Iterable<T> & { readonly length?: number },
  { label = '', total = source.length ?? 0 }: Pick<ProgressOptions, 'label' | 'total'> = {},
): Pick<Progress<T>, 'show'> & Iterable<T> {
  let shown = ''
  return {
    show(values) {
      shown = Object.entries(values)
        .map(([name, v]) => `${name}=${typeof v === 'number' ? v.toPrecision(4) : v}`)
        .join(' ')
    },
    *[Symbol.iterator]() {
      let done = 0
      for (const value of source) {
        yield value
        done++
        const isTold = Math.floor((done * LINES) / total) > Math.floor(((done - 1) * LINES) / total)
        if (isTold) console.log(`${label} ${done}/${total} ${shown}`)
      }
    },
  }
}
