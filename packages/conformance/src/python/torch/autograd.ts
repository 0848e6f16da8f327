/** `torch.autograd` and `torch.utils.checkpoint`. */
import * as autograd from '@sconce/autograd'
import { raise } from '../values/errors.ts'
import { NativeFunction, native } from '../values/functions.ts'
import { Callable, type Value } from '../values/value.ts'
import type { Binding } from './binding.ts'
import { PLAIN, plainArguments, toFunction, toHost, toPython } from './convert.ts'
import { onceDifferentiableFunction } from './function.ts'
import { findMode } from './modes.ts'
import { Namespace } from './namespaces.ts'
import { classOf } from './objects.ts'

/**
 * Functions of the package that take their first arguments by position and the rest as options:
 * `name: positional parameters | further parameters`.
 */
const FUNCTIONS: { [name: string]: string } = {
  grad: 'outputs inputs | grad_outputs= retain_graph= create_graph= only_inputs= allow_unused=',
  backward: 'tensors | grad_tensors= retain_graph= create_graph= grad_variables= inputs=',
  gradcheck: 'func inputs | eps= atol= rtol= raise_exception=',
  gradgradcheck: 'func inputs | eps= atol= rtol= raise_exception=',
  vjp: 'func inputs v= | create_graph= strict=',
  jvp: 'func inputs v= | create_graph= strict=',
  jacobian: 'func inputs | create_graph= strict= vectorize= strategy=',
  hessian: 'func inputs | create_graph= strict= vectorize= outer_jacobian_strategy=',
  vhp: 'func inputs v= | create_graph= strict=',
  hvp: 'func inputs v= | create_graph= strict=',
}

/** Parameters that choose a way to the same result. */
const WAYS: ReadonlySet<string> = new Set([
  'vectorize',
  'strategy',
  'outer_jacobian_strategy',
  'only_inputs',
])

/** A function with PyTorch's parameters over one of the library with an options object. */
export function withOptions(
  binding: Binding,
  name: string,
  signature: string,
  fn: (...args: never[]) => unknown,
): NativeFunction {
  const [positional, optional = ''] = signature.split('|').map((part) => part.trim())
  const first = positional.split(' ').filter(Boolean)
  const names = optional
    .split(' ')
    .filter(Boolean)
    .map((word) => word.replace(/=$/, ''))
  return native(name, `${positional} ${optional}`, (args) => {
    const given = first.map((_, i) => args[i] ?? null)
    const options = names.flatMap((option, i): [string, Value][] => {
      const value = args[first.length + i]
      return value === undefined || value === null || WAYS.has(option) ? [] : [[option, value]]
    })
    const hosted = plainArguments(binding, given, new Map(options))
    // `v=None` is left out.
    const passed = hosted.map((value) => (value === null ? undefined : value))
    return toPython(binding, fn(...(passed as never[])))
  })
}

function packageFunction(binding: Binding, name: string): NativeFunction | undefined {
  if (!Object.hasOwn(FUNCTIONS, name)) return undefined
  const fn: unknown = Reflect.get(autograd, name)
  return typeof fn === 'function'
    ? withOptions(binding, name, FUNCTIONS[name], fn as (...args: never[]) => unknown)
    : undefined
}

/** `checkpoint(function, *args)`. */
const checkpoint = (binding: Binding): NativeFunction =>
  new NativeFunction('checkpoint', ([fn, ...args]) => {
    if (!(fn instanceof Callable)) throw raise('TypeError', 'checkpoint() takes a function')
    const given = args.map((arg) => toHost(binding, arg, PLAIN))
    return toPython(binding, autograd.checkpoint(toFunction(binding, fn), ...given))
  })

export function autogradNamespace(binding: Binding): Namespace {
  const functional = new Namespace('torch.autograd.functional', (name) =>
    packageFunction(binding, name),
  )
  const inner = new Namespace('torch.autograd.function', (name) => {
    if (name === 'once_differentiable') return onceDifferentiableFunction
    return name === 'Function' ? classOf(binding, autograd.Function) : undefined
  })
  const graph = new Namespace('torch.autograd.graph', (name) => findMode(binding, name))
  return new Namespace('torch.autograd', (name) => {
    switch (name) {
      case 'Function':
        return classOf(binding, autograd.Function)
      case 'functional':
        return functional
      case 'function':
        return inner
      case 'graph':
        return graph
      case 'grad_mode':
        return new Namespace('torch.autograd.grad_mode', (mode) => findMode(binding, mode))
      default:
        return findMode(binding, name) ?? packageFunction(binding, name)
    }
  })
}

/** `torch.utils`. */
export function utilsNamespace(binding: Binding): Namespace {
  const module = new Namespace('torch.utils.checkpoint', (name) =>
    name === 'checkpoint' ? checkpoint(binding) : undefined,
  )
  return new Namespace('torch.utils', (name) => (name === 'checkpoint' ? module : undefined))
}
