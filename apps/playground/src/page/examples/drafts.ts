import { signal } from '@preact/signals'
import { type Example, examples } from '../../examples/index.ts'
import { recall, remember } from '../shell/memory.ts'

const keyOf = (name: string): string => `draft/${name}`

/** Programs that were edited, by the example's name. */
export const drafts = signal<Readonly<Record<string, string>>>(
  Object.fromEntries(
    examples.flatMap(({ name }) => {
      const draft = recall(keyOf(name))
      return draft === undefined ? [] : [[name, draft]]
    }),
  ),
)

/** The program as it was left. */
export const sourceOf = ({ name, source }: Example): string => drafts.value[name] ?? source

/** Keeps a program for the next visit; the example itself is not kept. */
export function keepDraft({ name, source }: Example, text: string): void {
  const { [name]: _, ...others } = drafts.value
  drafts.value = text === source ? others : { ...others, [name]: text }
  remember(keyOf(name), text === source ? undefined : text)
}
