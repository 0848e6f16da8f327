/** Where the string that starts at `from` ends. */
function endOfString(json: string, from: number): number {
  for (let i = from + 1; i < json.length; i++) {
    if (json[i] === '\\') i++
    else if (json[i] === '"') return i + 1
  }
  return json.length
}

/** Whether a string is a key: a colon follows. */
const COLON = /[ \t\n\r]*:/y

/**
 * The first key that an object in the text has twice, or undefined. `JSON.parse` takes the last of
 * them without a word; a reader that takes the first would see another file.
 *
 * @param json valid JSON.
 */
export function duplicateKey(json: string): string | undefined {
  const objects: Set<string>[] = []
  for (let i = 0; i < json.length; ) {
    const c = json[i]
    if (c === '{') objects.push(new Set())
    else if (c === '}') objects.pop()
    else if (c === '"') {
      const end = endOfString(json, i)
      COLON.lastIndex = end
      if (COLON.test(json)) {
        const keys = objects[objects.length - 1]
        const key: string = JSON.parse(json.slice(i, end))
        if (keys.has(key)) return key
        keys.add(key)
      }
      i = end
      continue
    }
    i++
  }
  return undefined
}
