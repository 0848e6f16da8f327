import { arange, fromTypedArray, randint, type Tensor } from 'sconce'

/** William Blake, The Tyger (1794). */
export const poem = `Tyger Tyger, burning bright,
In the forests of the night;
What immortal hand or eye,
Could frame thy fearful symmetry?

In what distant deeps or skies,
Burnt the fire of thine eyes?
On what wings dare he aspire?
What the hand, dare seize the fire?

And what shoulder, & what art,
Could twist the sinews of thy heart?
And when thy heart began to beat,
What dread hand? & what dread feet?

What the hammer? what the chain,
In what furnace was thy brain?
What the anvil? what dread grasp,
Dare its deadly terrors clasp!

When the stars threw down their spears
And water'd heaven with their tears:
Did he smile his work to see?
Did he who made the Lamb make thee?

Tyger Tyger burning bright,
In the forests of the night:
What immortal hand or eye,
Dare frame thy fearful symmetry?
`

/** All characters that there are. */
export const alphabet: readonly string[] = [...new Set(poem)].sort()

/** Positions in the alphabet. */
export const encode = (text: string): Int32Array =>
  Int32Array.from(text, (character) => alphabet.indexOf(character))

/** Random pieces of the poem [batch, length], and the same moved on by one character. */
export function pieces(batch: number, length: number): { x: Tensor; y: Tensor } {
  const codes = fromTypedArray(encode(poem), [poem.length])
  const starts = randint(0, poem.length - length, [batch, 1], { dtype: 'int32' })
  const places = starts.add(arange(length))
  return { x: codes.at(places), y: codes.at(places.add(1)) }
}
