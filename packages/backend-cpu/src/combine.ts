import { acc, binary, dtypes, type Expr, type ScatterKernel } from '@sconce/backend'

/** What a scatter stores, as an expression of the old element `acc(0)` and the new value `acc(1)`. */
export function combination({ combine, value, outputs: [target] }: ScatterKernel): Expr {
  const fresh = acc(1, value.dtype)
  if (combine === 'assign') return fresh.cast(target)
  const { compute } = dtypes[target]
  const [a, b] = [acc(0, target).cast(compute), fresh.cast(compute)]
  if (compute === 'bool') return combine === 'add' || combine === 'max' ? a.or(b) : a.and(b)
  return binary(combine, a, b).cast(target)
}
