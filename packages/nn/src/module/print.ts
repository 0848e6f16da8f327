import type { Module } from './module.ts'

const indented = (text: string): string => text.split('\n').join('\n  ')

/** PyTorch's tree form of a module. */
export function printModule(module: Module): string {
  const extra = module.extraRepr()
  const children = Array.from(
    module.ownModules(),
    ([key, child]) => `(${key}): ${indented(String(child))}`,
  )
  const own = extra === '' ? [] : extra.split('\n')
  const name = module.constructor.name
  if (children.length === 0 && own.length <= 1) return `${name}(${own.join('')})`
  return `${name}(\n  ${[...own, ...children].join('\n  ')}\n)`
}
