import { deepStrictEqual } from 'node:assert'

const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Whether a text is as stated; … stands for anything. */
export function looksLike(actual: string, expected: string): boolean {
  const pattern = squeezed(expected)
    .split('…')
    .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${pattern}$`).test(squeezed(actual))
}

/** Lists and numbers as JavaScript writes them; all else has a printed form of its own. */
const print = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(print).join(', ')}]` : String(value)

/**
 * Checks what a block of code says in a comment.
 * @throws Error where it is otherwise
 */
export async function check(
  kind: 'value' | 'print' | 'throws',
  subject: () => unknown,
  expectation: () => unknown,
): Promise<void> {
  const expected = expectation()
  if (kind === 'throws') {
    const message = await errorOf(subject)
    if (message === undefined) throw new Error(`no error; expected: ${expected}`)
    if (!looksLike(message, `${expected}…`))
      throw new Error(`threw ${message}; expected: ${expected}`)
    return
  }
  const actual = await subject()
  if (kind === 'value') deepStrictEqual(actual, expected)
  else if (!looksLike(print(actual), String(expected)))
    throw new Error(`printed ${print(actual)}; expected: ${expected}`)
}

async function errorOf(subject: () => unknown): Promise<string | undefined> {
  try {
    await subject()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
