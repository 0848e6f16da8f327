/** A function of a module under construction; its index is known once the module is closed. */
export interface Callee {
  index: number
}

/** Bytes of an instruction sequence, in which calls name their function until the module is closed. */
export class Code {
  readonly items: (number | Callee)[] = []

  bytes(...bytes: readonly number[]): this {
    for (let i = 0; i < bytes.length; i++) this.items.push(bytes[i])
    return this
  }

  append(other: Code): this {
    const { items } = other
    for (let i = 0; i < items.length; i++) this.items.push(items[i])
    return this
  }

  call(callee: Callee): this {
    this.items.push(0x10, callee)
    return this
  }

  /** Appends the bytes, with calls resolved, to `out`. */
  resolve(out: number[]): void {
    const { items } = this
    for (let i = 0; i < items.length; i++) {
      const item = items[i]
      if (typeof item === 'number') out.push(item)
      else out.push(...unsigned(item.index))
    }
  }
}

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}

/** Signed LEB128. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (;;) {
    const byte = Number(rest & 127n)
    rest >>= 7n
    if ((rest === 0n && byte < 64) || (rest === -1n && byte >= 64)) {
      bytes.push(byte)
      return bytes
    }
    bytes.push(byte | 128)
  }
}

/** A name or another sequence with its length in front. */
export const counted = (bytes: readonly number[]): number[] => unsigned(bytes.length).concat(bytes)
export const name = (text: string): number[] => counted([...new TextEncoder().encode(text)])
