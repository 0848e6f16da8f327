import { type DType, dtypes, kernels, type ReduceKernel, type Reduction } from '@sconce/backend'
import { accessOf, type Plan } from '../plan.ts'
import { blockLength, identity, isFloatSum, isIndexed, lanesOf, tileLength } from '../reduction.ts'
import { Emitter, type Leaves } from './emit.ts'
import { loop } from './loops.ts'
import { Nest, readCode, store } from './nest.ts'
import { literalOf } from './ops.ts'

const less = (a: string, b: string, dtype: DType): string =>
  dtype === 'bool' ? `(!${a} && ${b})` : `${a} < ${b}`

/** A statement that takes `v` into the accumulator `a`; an arg-reduction also sets its position `p`. */
function accumulate({ op, value: { dtype } }: Reduction, a: string, p: string, v: string): string {
  const { kind } = dtypes[dtype]
  switch (op) {
    case 'sum':
      if (dtype === 'int64') return `${a} = long(${a} + ${v})`
      return kind === 'float' ? `${a} += ${v}` : `${a} = (${a} + ${v}) | 0`
    case 'prod':
      if (dtype === 'int64') return `${a} = long(${a} * ${v})`
      return kind === 'float' ? `${a} *= ${v}` : `${a} = imul(${a}, ${v})`
    case 'min':
    case 'max':
      if (kind === 'float') return `${a} = Math.${op}(${a}, ${v})`
      return `if (${op === 'min' ? less(v, a, dtype) : less(a, v, dtype)}) ${a} = ${v}`
    case 'argmin':
    case 'argmax': {
      const wins = op === 'argmin' ? less(v, a, dtype) : less(a, v, dtype)
      const nan = kind === 'float' ? ` || (${v} !== ${v} && ${a} === ${a})` : ''
      return `if (${p} < 0 || ${wins}${nan}) { ${a} = ${v}; ${p} = position }`
    }
    case 'any':
      return `${a} = ${a} || ${v}`
    case 'all':
      return `${a} = ${a} && ${v}`
    default:
      return op satisfies never
  }
}

/** The accumulator as a value of its dtype. */
function finished(reduction: Reduction, a: string, p: string): string {
  if (isIndexed(reduction)) return `(${p} < 0 ? 0 : ${p})`
  switch (kernels.reductionDType(reduction)) {
    case 'float32':
      return `fround(${a})`
    case 'int16':
      return `((${a}) << 16 >> 16)`
    case 'int8':
      return `((${a}) << 24 >> 24)`
    case 'uint8':
      return `((${a}) & 255)`
    default:
      return a
  }
}

/** Four lanes of an accumulator in one. */
function merged({ op }: Reduction, a: string, lanes: number): string {
  const [p, q, r, s] = [0, 1, 2, 3].map((lane) => `${a}_${lane}`)
  if (lanes === 1) return p
  if (op === 'sum') return `((${p} + ${q}) + (${r} + ${s}))`
  if (op === 'prod') return `((${p} * ${q}) * (${r} * ${s}))`
  return `Math.${op}(Math.${op}(${p}, ${q}), Math.${op}(${r}, ${s}))`
}

/** JS of the epilogue by depth; `kept` loops are around it, reduced dims stand at 0. */
function epilogue(
  kernel: ReduceKernel,
  nest: Nest,
  kept: number,
  at: (name: string) => string,
  accs: readonly string[],
): string[][] {
  const leaves: Leaves = {
    input: (i, dtype) => ({ js: readCode(`x${i}`, at(`x${i}`), dtype), depth: kept }),
    index: (d) => {
      const isKept = d < nest.rank - nest.plan.reduced
      const code = nest.index(d)
      return isKept
        ? { ...code, depth: Math.min(code.depth, kept) }
        : { ...code, js: '0', depth: 0 }
    },
    load: (i, dtype, coordinates) => nest.load(i, dtype, coordinates),
    acc: (k) => ({ js: accs[k], depth: kept }),
  }
  const emitter = new Emitter(kept + 1, leaves, kernel.values, 'u')
  const values = kernel.values.map((value) => emitter.bind(emitter.emit(value, kept), kept))
  values.forEach((js, k) => {
    emitter.scopes[kept].push(store(`y${k}`, at(`y${k}`), kernel.outputs[k], js))
  })
  return emitter.scopes
}

export interface Source {
  /** Statements that are run once, when the program is made. */
  readonly constants: readonly string[]
  readonly body: readonly string[]
}

/** JS of a reduce kernel for a class of layouts. */
export function reduceSource(kernel: ReduceKernel, plan: Plan): Source {
  const values = kernel.reductions.map((r) => r.value)
  const { spans } = accessOf(kernel, [...values, ...kernel.values])
  const nest = new Nest(kernel, plan, spans)
  const emitter = new Emitter(nest.rank + 1, nest, values, 'v')
  return plan.columns ? columns(kernel, nest, emitter) : rows(kernel, nest, emitter)
}

/** Each row is collapsed in local variables. */
function rows(kernel: ReduceKernel, nest: Nest, emitter: Emitter): Source {
  const { reductions } = kernel
  const { rank, plan } = nest
  const kept = rank - plan.reduced
  const lanes = lanesOf(kernel)
  const sums = reductions.some(isFloatSum)
  const inner = plan.order[rank - 1]
  const position = reductions.some(isIndexed) ? ['position++'] : []
  const starts = (wanted: boolean) =>
    reductions.flatMap((r, k) =>
      isFloatSum(r) !== wanted
        ? []
        : Array.from({ length: lanes }, (_, l) => `let a${k}_${l} = ${literalOf(identity(r))}`),
    )
  const lane = (l: number): string[] => {
    nest.inner = l === 0 ? 'i' : `(i + ${l})`
    const updates = reductions.map((r, k) => {
      const v = emitter.bind(emitter.emit(r.value, rank), rank)
      return accumulate(r, `a${k}_${l}`, `p${k}`, v)
    })
    return [...emitter.restart(rank), ...updates, ...position]
  }
  const unrolled =
    lanes > 1
      ? [`for (const last = e - ${lanes - 1}; i < last; i += ${lanes}) {`]
          .concat(Array.from({ length: lanes }, (_, l) => lane(l)).flat())
          .concat('}')
      : []
  const innermost = [
    ...(sums
      ? [
          `for (let b = 0; b < n${inner}; b += ${blockLength}) {`,
          `const e = Math.min(b + ${blockLength}, n${inner})`,
          ...starts(true),
        ]
      : [`{`, `const b = 0, e = n${inner}`]),
    'let i = b',
    ...unrolled,
    'for (; i < e; i++) {',
    ...lane(0),
    '}',
    ...reductions.flatMap((r, k) =>
      isFloatSum(r) ? [`t${k} += ${merged(r, `a${k}`, lanes)}`] : [],
    ),
    ...(sums
      ? [
          `if ((++blocks & ${blockLength - 1}) === 0) {`,
          ...reductions.flatMap((r, k) => (isFloatSum(r) ? [`w${k} += t${k}; t${k} = 0`] : [])),
          '}',
        ]
      : []),
    '}',
  ]
  const accs = reductions.map((r, k) =>
    finished(r, isFloatSum(r) ? `(w${k} + t${k})` : merged(r, `a${k}`, lanes), `p${k}`),
  )
  const after = epilogue(kernel, nest, kept, (name) => `${name}_${kept}`, accs)

  const lines = [...nest.declarations('outputs[0].shape'), ...emitter.scopes[0]]
  for (let depth = 0; depth < kept; depth++) {
    lines.push(...after[depth])
    lines.push(loop(plan.order[depth]), ...nest.pointers(depth + 1), ...emitter.scopes[depth + 1])
  }
  lines.push(...starts(false))
  reductions.forEach((r, k) => {
    if (isFloatSum(r)) lines.push(`let t${k} = 0, w${k} = 0`)
    if (isIndexed(r)) lines.push(`let p${k} = -1`)
  })
  if (sums) lines.push('let blocks = 0')
  if (position.length > 0) lines.push('let position = 0')
  for (let depth = kept; depth < rank - 1; depth++) {
    lines.push(loop(plan.order[depth]), ...nest.pointers(depth + 1), ...emitter.scopes[depth + 1])
  }
  lines.push(...innermost, '}'.repeat(rank - 1 - kept), ...after[kept], '}'.repeat(kept))
  return { constants: [], body: lines }
}

/** A tile of neighbouring kept elements is accumulated together, walking memory in its order. */
function columns(kernel: ReduceKernel, nest: Nest, emitter: Emitter): Source {
  const { reductions } = kernel
  const { rank, plan } = nest
  const outer = rank - plan.reduced - 1
  const c = plan.order[rank - 1]
  const truth = (r: Reduction) => r.value.dtype === 'bool'
  const sums = reductions.some(isFloatSum)
  const updates = reductions.flatMap((r, k) => {
    const v = emitter.bind(emitter.emit(r.value, rank), rank)
    return [
      `let a${k} = A${k}[j]${truth(r) ? ' !== 0' : ''}`,
      ...(isIndexed(r) ? [`let p${k} = P${k}[j]`] : []),
      accumulate(r, `a${k}`, `p${k}`, v),
      `A${k}[j] = a${k}${truth(r) ? ' ? 1 : 0' : ''}`,
      ...(isIndexed(r) ? [`P${k}[j] = p${k}`] : []),
    ]
  })
  const accs = reductions.map((r, k) => {
    const a = isFloatSum(r) ? `(B${k}[j] + A${k}[j])` : `A${k}[j]${truth(r) ? ' !== 0' : ''}`
    return finished(r, truth(r) ? `(${a})` : a, `P${k}[j]`)
  })
  const step = (name: string) => {
    const base = `${name}_${outer}`
    const own = nest.address(name)
    // The same step as in the innermost loop, from where the reduced dims are 0.
    return own.replace(`${name}_${rank - 1}`, base)
  }
  const after = epilogue(kernel, nest, outer + 1, step, accs)
  const each = (body: readonly string[]) => [
    `for (let i${c} = b; i${c} < e; i${c}++) {`,
    `const j = i${c} - b`,
    ...body,
    '}',
  ]

  const lines = [...nest.declarations('outputs[0].shape'), ...emitter.scopes[0], ...after[0]]
  for (let depth = 0; depth < outer; depth++) {
    lines.push(loop(plan.order[depth]), ...nest.pointers(depth + 1))
    lines.push(...emitter.scopes[depth + 1], ...after[depth + 1])
  }
  lines.push(`for (let b = 0; b < n${c}; b += ${tileLength}) {`)
  lines.push(`const e = Math.min(b + ${tileLength}, n${c})`)
  reductions.forEach((r, k) => {
    const start = identity(r)
    lines.push(`A${k}.fill(${literalOf(typeof start === 'boolean' ? Number(start) : start)})`)
    if (isFloatSum(r)) lines.push(`B${k}.fill(0)`)
    if (isIndexed(r)) lines.push(`P${k}.fill(-1)`)
  })
  lines.push('let position = 0')
  for (let depth = outer; depth < rank - 1; depth++) {
    lines.push(loop(plan.order[depth]), ...nest.pointers(depth + 1), ...emitter.scopes[depth + 1])
  }
  lines.push(...each([...emitter.scopes[rank], ...updates]), 'position++')
  if (sums) {
    lines.push(`if ((position & ${blockLength - 1}) === 0) {`)
    reductions.forEach((r, k) => {
      if (isFloatSum(r)) {
        lines.push(`for (let j = 0; j < ${tileLength}; j++) { B${k}[j] += A${k}[j]; A${k}[j] = 0 }`)
      }
    })
    lines.push('}')
  }
  lines.push('}'.repeat(plan.reduced), ...each(after[outer + 1]), '}'.repeat(outer + 1))
  const constants = reductions.flatMap((r, k) => [
    `const A${k} = accumulators('${r.value.dtype}', ${tileLength})`,
    ...(isFloatSum(r) ? [`const B${k} = new Float64Array(${tileLength})`] : []),
    ...(isIndexed(r) ? [`const P${k} = new Int32Array(${tileLength})`] : []),
  ])
  return { constants, body: lines }
}
