import * as core from '@sconce/core'
import { camelCase, type Operation, overloads, publicNames, Tensor } from '@sconce/core'

/** An op as users see it: a name with its overloads, and what else it is called. */
export interface Op {
  /** `sum`, or `linalg.qr`. */
  readonly name: string
  /** '' for what is at the root. */
  readonly namespace: string
  readonly pytorch: string
  /** How it is called: `sum(x)`, `x.sum()`, `x.sum_()`. */
  readonly forms: readonly string[]
  /** Other names of the same op. */
  readonly aliases: readonly string[]
  readonly operations: readonly Operation[]
}

/** PyTorch's namespaces. */
const prefixes: Readonly<Record<string, string>> = {
  '': 'torch.',
  functional: 'torch.nn.functional.',
  linalg: 'torch.linalg.',
  special: 'torch.special.',
  fft: 'torch.fft.',
  masked: 'torch.masked.',
}

/** Exports of core that only share their name with an op. */
const noFunctions = new Set(['float'])

const isFunction = (value: unknown): boolean => typeof value === 'function'

const functionNamed = (namespace: string, key: string): boolean => {
  const holder: unknown = namespace === '' ? core : Reflect.get(core, namespace)
  return (
    typeof holder === 'object' &&
    holder !== null &&
    isFunction(Reflect.get(holder, key)) &&
    !(namespace === '' && noFunctions.has(key))
  )
}

const methodNamed = (key: string): boolean =>
  isFunction(Object.getOwnPropertyDescriptor(Tensor.prototype, key)?.value)

/** How an op of a namespace is called. */
function formsOf(namespace: string, key: string): string[] {
  const path = namespace === '' ? key : `${namespace}.${key}`
  const root = namespace === ''
  return [
    ...(functionNamed(namespace, key) ? [`${path}(…)`] : []),
    ...(root && functionNamed('functional', key) ? [`functional.${key}(…)`] : []),
    ...(root && methodNamed(key) ? [`x.${key}(…)`] : []),
    ...(root && methodNamed(`${key}_`) ? [`x.${key}_(…)`] : []),
    ...(!root && functionNamed(namespace, `${key}_`) ? [`${path}_(…)`] : []),
  ]
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

function pytorchName(namespace: string, key: string): string {
  const schema = publicNames.get(namespace === '' ? key : `${namespace}.${key}`)?.pytorch ?? ''
  const bare = schema.replace(new RegExp(`^${namespace}_`), '')
  const name = camelCase(bare) === key ? bare : snake(key)
  const isMethod = namespace === '' && !functionNamed('', key)
  return (isMethod ? 'Tensor.' : prefixes[namespace]) + name
}

const split = (name: string): [namespace: string, key: string] => {
  const dot = name.indexOf('.')
  return dot < 0 ? ['', name] : [name.slice(0, dot), name.slice(dot + 1)]
}

/** All ops of the table that users can call. */
export function publicOps(): Op[] {
  const names = new Map<readonly Operation[], string[]>()
  for (const [name, list] of overloads) names.set(list, [...(names.get(list) ?? []), name])
  return [...names].flatMap(([operations, [name, ...others]]) => {
    const [namespace, key] = split(name)
    const isInner = !(namespace in prefixes) || operations.every((o) => o.name.startsWith('_'))
    const forms = formsOf(namespace, key)
    if (isInner || forms.length === 0) return []
    const aliases = others.filter((other) => formsOf(...split(other)).length > 0)
    return [{ name, namespace, pytorch: pytorchName(namespace, key), forms, aliases, operations }]
  })
}
