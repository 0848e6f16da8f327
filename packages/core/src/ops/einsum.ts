import { elementCount } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import type { Tensor } from '../tensor.ts'

const ELLIPSIS = '...'

/** Subscripts of an operand, with its ellipsis as one entry. */
function subscripts(text: string, which: string): string[] {
  const labels: string[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === ' ') continue
    if (c === '.') {
      check(
        text.slice(i, i + 3) === ELLIPSIS && !labels.includes(ELLIPSIS),
        () => `einsum(): found '.' for ${which} that is not part of any ellipsis`,
      )
      labels.push(ELLIPSIS)
      i += 2
      continue
    }
    check(
      /[a-zA-Z]/.test(c),
      () =>
        `einsum(): invalid subscript given at index ${i} in the equation string, subscripts must be in [a-zA-Z]`,
    )
    labels.push(c)
  }
  return labels
}

/** Labels of an operand by dim: the ellipsis becomes `.0`, `.1`… counted from its end. */
function expandEllipsis(labels: readonly string[], rank: number, operand: number): string[] {
  const covered = rank - labels.filter((l) => l !== ELLIPSIS).length
  const has = labels.includes(ELLIPSIS)
  check(
    has ? covered >= 0 : covered === 0,
    () =>
      `einsum(): the number of subscripts in the equation (${labels.filter((l) => l !== ELLIPSIS).length}) ${has ? 'is more than' : 'does not match'} the number of dimensions (${rank}) for operand ${operand}${has ? '' : ' and no ellipsis was given'}`,
  )
  return labels.flatMap((l) =>
    l === ELLIPSIS ? Array.from({ length: covered }, (_, i) => `.${covered - 1 - i}`) : [l],
  )
}

/** A label that occurs twice in an operand takes its diagonal. */
function withoutRepeats(
  t: Tensor,
  labels: string[],
  operand: number,
): { t: Tensor; labels: string[] } {
  let x = t
  let names = labels
  for (let d = 0; d < names.length; d++) {
    const again = names.indexOf(names[d], d + 1)
    if (again < 0) continue
    check(
      x.shape[d] === x.shape[again],
      () =>
        `einsum(): subscript ${names[d]} is repeated for operand ${operand} but the sizes don't match, ${x.shape[again]} != ${x.shape[d]}`,
    )
    x = x.diagonal(0, d, again).movedim(-1, d)
    names = names.filter((_, i) => i !== again)
    d--
  }
  return { t: x, labels: names }
}

/** Brings an operand's dims into the order of `order`; labels that it lacks get size 1. */
function aligned(t: Tensor, labels: readonly string[], order: readonly string[]): Tensor {
  const present = order.filter((l) => labels.includes(l))
  let x = t.permute(present.map((l) => labels.indexOf(l)))
  order.forEach((l, d) => {
    if (!labels.includes(l)) x = x.unsqueeze(d)
  })
  return x
}

/**
 * Product of two aligned operands, summed over `summed` dims: a batched matrix product, in which what
 * both have and the result keeps is the batch.
 */
function contractPair(a: Tensor, b: Tensor, summed: readonly number[]): Tensor {
  const dims = [...a.shape.keys()]
  // What only one side has is summed there at once.
  const once = (x: Tensor, y: Tensor) => {
    const alone = summed.filter((d) => x.shape[d] !== 1 && y.shape[d] === 1)
    return alone.length > 0 ? x.sum(alone, true) : x
  }
  const [x, y] = [once(a, b), once(b, a)]
  const inner = summed.filter((d) => x.shape[d] !== 1 && y.shape[d] !== 1)
  const rest = dims.filter((d) => !inner.includes(d))
  const batch = rest.filter((d) => x.shape[d] !== 1 && y.shape[d] !== 1)
  const left = rest.filter((d) => x.shape[d] !== 1 && y.shape[d] === 1)
  const right = rest.filter((d) => !batch.includes(d) && !left.includes(d))
  const count = (t: Tensor, ds: readonly number[]) => elementCount(ds.map((d) => t.shape[d]))
  const product = x
    .permute([...batch, ...left, ...inner, ...right])
    .reshape([count(x, batch), count(x, left), count(x, inner)])
    .bmm(
      y
        .permute([...batch, ...inner, ...right, ...left])
        .reshape([count(x, batch), count(x, inner), count(y, right)]),
    )
  const order = [...batch, ...left, ...right, ...inner]
  const shape = [
    ...batch.map((d) => x.shape[d]),
    ...left.map((d) => x.shape[d]),
    ...right.map((d) => y.shape[d]),
    ...inner.map(() => 1),
  ]
  return product.reshape(shape).permute(dims.map((d) => order.indexOf(d)))
}

/** `torch.einsum`; operands are taken from left to right, as PyTorch does without opt_einsum. */
export function einsum(equation: string, operands: readonly Tensor[]): Tensor {
  check(operands.length > 0, () => 'einsum(): must provide at least one operand')
  const arrow = equation.indexOf('->')
  const lhs = arrow < 0 ? equation : equation.slice(0, arrow)
  const terms = lhs.split(',').map((t, i) => subscripts(t, `operand ${i}`))
  check(
    terms.length >= operands.length,
    () => 'einsum(): more operands were provided than specified in the equation',
  )
  check(
    terms.length <= operands.length,
    () => 'einsum(): fewer operands were provided than specified in the equation',
  )
  const parts = operands.map((t, i) => withoutRepeats(t, expandEllipsis(terms[i], t.ndim, i), i))
  const all = [...new Set(parts.flatMap((p) => p.labels))]
  const dots = all
    .filter((l) => l.startsWith('.'))
    .sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)))
  const counts = new Map<string, number>()
  for (const term of terms) for (const l of term) counts.set(l, (counts.get(l) ?? 0) + 1)
  const output =
    arrow < 0
      ? [...dots, ...all.filter((l) => !l.startsWith('.') && counts.get(l) === 1).sort()]
      : subscripts(equation.slice(arrow + 2), 'the output').flatMap((l) =>
          l === ELLIPSIS ? dots : [l],
        )
  output.forEach((l, i) => {
    if (!all.includes(l)) {
      throw new RuntimeError(
        `einsum(): output subscript ${l} does not appear in the equation for any input operand`,
      )
    }
    check(
      output.indexOf(l) === i,
      () => `einsum(): output subscript ${l} appears more than once in the output`,
    )
  })
  const order = [...output, ...all.filter((l) => !output.includes(l))]
  const tensors = parts.map((p) => aligned(p.t, p.labels, order))
  order.forEach((label, d) => {
    let known = 1
    tensors.forEach((t, operand) => {
      const size = t.shape[d]
      check(
        size === 1 || known === 1 || size === known,
        () =>
          `einsum(): subscript ${label} has size ${size} for operand ${operand} which does not broadcast with previously seen size ${known}`,
      )
      if (size !== 1) known = size
    })
  })
  let result = tensors[0]
  for (let i = 1; i < tensors.length; i++) {
    // A dim that no later operand has can be summed now.
    const done = order
      .map((_, d) => d)
      .filter((d) => d >= output.length && tensors.slice(i + 1).every((t) => t.shape[d] === 1))
    result = contractPair(result, tensors[i], done)
  }
  const left = order.map((_, d) => d).slice(output.length)
  if (left.length > 0) result = result.sum(left, true)
  return result.shape.length === output.length
    ? result
    : result.reshape(result.shape.slice(0, output.length))
}
