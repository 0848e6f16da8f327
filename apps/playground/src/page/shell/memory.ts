/** What the browser keeps for the page between visits; nothing where it is told not to. */
const storage = (): Storage | undefined => {
  try {
    return globalThis.localStorage
  } catch {
    // Reading the property throws where storage is blocked.
    return undefined
  }
}

const PREFIX = 'sconce-playground/'

export const recall = (key: string): string | undefined =>
  storage()?.getItem(PREFIX + key) ?? undefined

/** Keeps a text, or forgets it. */
export function remember(key: string, text: string | undefined): void {
  try {
    if (text === undefined) storage()?.removeItem(PREFIX + key)
    else storage()?.setItem(PREFIX + key, text)
  } catch {
    // The storage is full: the page works without.
  }
}
