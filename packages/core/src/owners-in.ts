import type { Owner } from './memory.ts'

/** Whether a value is a tensor, also of another copy of the library. */
export const isOwner = (value: unknown): value is Owner =>
  typeof value === 'object' && value !== null && 'storage' in value && 'released' in value

/** What an object holds, as far as it may lead to tensors. */
function members(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  if (value instanceof Set) return value
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return []
  return Object.values(value)
}

const none: ReadonlySet<Owner> = new Set()

/** The tensors that can be reached from a value, itself none, through arrays, maps, sets and objects. */
export function ownersIn(value: unknown): ReadonlySet<Owner> {
  if (typeof value !== 'object' || value === null) return none
  const found = new Set<Owner>()
  const seen = new Set<object>([value])
  // Depth first without recursion: lists can be linked.
  const stack: object[] = [value]
  for (let top = stack.pop(); top; top = stack.pop()) {
    for (const member of members(top)) {
      if (typeof member !== 'object' || member === null) continue
      if (isOwner(member)) found.add(member)
      else if (!seen.has(member)) {
        seen.add(member)
        stack.push(member)
      }
    }
  }
  return found
}
