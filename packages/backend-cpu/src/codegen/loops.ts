import type { Nest } from './nest.ts'

export const loop = (d: number): string => `for (let i${d} = 0; i${d} < n${d}; i${d}++) {`

/** Side of the square tiles in which a map walks when an operand's neighbours lie far apart. */
const tileSide = 32

/** The loops around a body, with the statements that belong at each depth. */
export function loops(
  nest: Nest,
  scopes: readonly string[][],
  body: readonly string[],
  tiled = false,
): string[] {
  const { rank, plan } = nest
  const lines = [...scopes[0]]
  for (let depth = 0; depth < rank; depth++) {
    const d = plan.order[depth]
    if (tiled && depth === rank - 2) {
      const e = plan.order[rank - 1]
      lines.push(
        `const side = n${d} * n${e} > 4096 ? ${tileSide} : Math.max(n${d}, n${e})`,
        `for (let b0 = 0; b0 < n${d}; b0 += side) {`,
        `for (let b1 = 0; b1 < n${e}; b1 += side) {`,
        `const e0 = Math.min(b0 + side, n${d}), e1 = Math.min(b1 + side, n${e})`,
        `for (let i${d} = b0; i${d} < e0; i${d}++) {`,
      )
    } else if (tiled && depth === rank - 1) {
      lines.push(`for (let i${d} = b1; i${d} < e1; i${d}++) {`)
    } else {
      lines.push(loop(d))
    }
    lines.push(...nest.pointers(depth + 1), ...scopes[depth + 1])
  }
  lines.push(...body, '}'.repeat(rank + (tiled ? 2 : 0)))
  return lines
}
