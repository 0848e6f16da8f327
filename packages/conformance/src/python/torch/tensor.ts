/** Tensors as programs see them. */
import { dtypes } from '@sconce/backend'
import { camelCase, format, RuntimeError, Tensor, torchDialect, VersionCounter } from '@sconce/core'
import { raise } from '../values/errors.ts'
import { native } from '../values/functions.ts'
import { type Callable, type Foreign, type Kwargs, Tuple, type Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'
import { areClose, callTorch, tensorMethod } from './calls.ts'
import { plainArguments, toPython } from './convert.ts'
import { makeTensor } from './creation.ts'
import { floatOf, indexOf, intOf, itemOf, lengthOf, listOf, truthOf } from './elements.ts'
import { assign, toItems } from './indexing.ts'
import { deviceOf, named } from './named.ts'
import { asInPython } from './node-names.ts'
import { classOf } from './objects.ts'
import { binary, compare, inplace, unary } from './operators.ts'
import { creationOptions } from './options.ts'
import { toSize } from './tuples.ts'

const isTensor = (object: Value): object is Tensor => object instanceof Tensor

/** Attributes that a program gave to tensors. */
const extras = new WeakMap<Tensor, Map<string, Value>>()

/** Members of the class that have no equal in Python. */
const HIDDEN: ReadonlySet<string> = new Set(
  'at set data array itemAsync toArray toTypedArray alias storage strides offset version autograd released constructor toString'.split(
    ' ',
  ),
)

type Attribute = (binding: Binding, tensor: Tensor) => Value

/** Attributes whose values are PyTorch's own kinds of things. */
const ATTRIBUTES: { [name: string]: Attribute } = {
  shape: (binding, { shape }) => toSize(binding, shape),
  dtype: (_, { dtype }) => named('dtype', dtype),
  device: (binding, { device }) => deviceOf(binding, device),
  layout: () => named('layout', 'strided'),
  // A tensor on the same elements whose changes are not counted.
  data: (_, tensor) => tensor.alias(new VersionCounter()),
  _version: (_, { version }) => BigInt(version.value),
  itemsize: (_, { dtype }) => BigInt(dtypes[dtype].size),
  nbytes: (_, tensor) => BigInt(tensor.numel() * dtypes[tensor.dtype].size),
  is_cuda: () => false,
  is_sparse: () => false,
  is_quantized: () => false,
  names: (_, { ndim }) => new Tuple(Array.from({ length: ndim }, () => null)),
}

type Method = (binding: Binding, tensor: Tensor, args: Value[], kwargs: Kwargs) => Value

const backwardOptions = ['gradient', 'retain_graph', 'create_graph', 'inputs']

/** `name signature` of methods that are not the library's under the same name and with the same result. */
const METHODS: { [nameAndSignature: string]: Method } = {
  item: (_, tensor) => itemOf(tensor),
  tolist: (_, tensor) => listOf(tensor),
  'equal other': (binding, tensor, [other]) => callTorch(binding, 'equal', [tensor, other]),
  'allclose other rtol= atol= equal_nan=': (binding, tensor, args) =>
    areClose(binding, tensor, args),
  'size dim=': (binding, tensor, [dim = null]) =>
    dim === null ? toSize(binding, tensor.shape) : BigInt(tensor.size(Number(dim))),
  'nonzero * as_tuple=': (binding, tensor, [asTuple]) => {
    const found = callTorch(binding, 'nonzero', [tensor])
    return asTuple === true ? callTorch(binding, 'unbind', [found, 1n]) : found
  },
  nelement: (_, tensor) => BigInt(tensor.numel()),
  ndimension: (_, tensor) => BigInt(tensor.ndim),
  __float__: (_, tensor) => floatOf(tensor),
  __int__: (_, tensor) => intOf(tensor),
  __index__: (_, tensor) => indexOf(tensor),
  __abs__: (binding, tensor) => callTorch(binding, 'abs', [tensor]),
  __reversed__: (binding, tensor) =>
    tensor.ndim === 0 ? tensor : callTorch(binding, 'flip', [tensor, [0n]]),
  '__deepcopy__ memo': (_, tensor) => deepCopy(tensor),
  'type dtype=': (binding, tensor, [dtype = null]) =>
    dtype === null
      ? `torch.${dtypes[tensor.dtype].scalarType}Tensor`
      : call(binding, tensor, 'to', [dtype]),
  'backward gradient= retain_graph= create_graph= inputs=': (binding, tensor, args) => {
    const given = backwardOptions.flatMap((name, i): [string, Value][] =>
      args[i] === undefined || args[i] === null ? [] : [[name, args[i]]],
    )
    const [options = {}] = plainArguments(binding, [], new Map(given))
    tensor.backward(asList(options))
    return null
  },
  numpy: (_, tensor) => {
    if (tensor.requiresGrad)
      throw new RuntimeError(
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
      )
    throw raise('NotImplementedError', 'there are no NumPy arrays')
  },
  'cpu **': (_, tensor) => tensor,
  'new_tensor data **': (binding, tensor, [data], kwargs) =>
    makeTensor(binding, data, { dtype: tensor.dtype, ...creationOptions(binding, kwargs) }),
  data_ptr: (_, { offset }) => BigInt(offset),
}

/** `inputs` may be one tensor. */
function asList(options: unknown): object {
  const given = options as { inputs?: unknown }
  return isTensor(given.inputs as Value) ? { ...given, inputs: [given.inputs] } : given
}

/** @throws RuntimeError for what has a history */
function deepCopy(tensor: Tensor): Tensor {
  if (!tensor.isLeaf)
    throw new RuntimeError(
      'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment',
    )
  const copy = tensor.detach().clone()
  return tensor.requiresGrad ? copy.requiresGrad_() : copy
}

const methodTable = new Map(
  Object.entries(METHODS).map(([key, body]) => {
    const [name, ...signature] = key.split(' ')
    return [name, { signature: signature.join(' '), body }] as const
  }),
)

/** A method as a function of the tensor: `torch.Tensor.add`. */
export function unboundMethod(binding: Binding, name: string): Callable | undefined {
  const own = methodTable.get(name)
  if (!own) return isHidden(name) ? undefined : tensorMethod(binding, name)
  return native(name, `self ${own.signature}`, ([self, ...args], kwargs) => {
    if (!isTensor(self)) throw raise('TypeError', `descriptor '${name}' requires a 'Tensor' object`)
    return own.body(binding, self, args, kwargs)
  })
}

const call = (binding: Binding, tensor: Tensor, name: string, args: Value[]): Value =>
  binding.interpreter.call(binding.interpreter.getAttribute(tensor, name), args)

const isHidden = (name: string): boolean => HIDDEN.has(name) || HIDDEN.has(camelCase(name))

/** Whether the class has a getter of this name, which makes it an attribute. */
function getter(tensor: Tensor, name: string): boolean {
  for (let proto: object | null = Tensor.prototype; proto; proto = Object.getPrototypeOf(proto)) {
    const descriptor = Object.getOwnPropertyDescriptor(proto, name)
    if (descriptor) return descriptor.get !== undefined
  }
  return Object.hasOwn(tensor, name)
}

function attribute(binding: Binding, tensor: Tensor, name: string): Value | undefined {
  if (Object.hasOwn(ATTRIBUTES, name)) return ATTRIBUTES[name](binding, tensor)
  const extra = extras.get(tensor)?.get(name)
  if (extra !== undefined) return extra
  const camel = camelCase(name)
  if (!methodTable.has(name) && !isHidden(name) && getter(tensor, camel))
    return toPython(binding, Reflect.get(tensor, camel))
  const method = unboundMethod(binding, name)
  return (
    method && native(name, '*args **', (args, kwargs) => method.call([tensor, ...args], kwargs))
  )
}

function setAttribute(tensor: Tensor, name: string, value: Value): boolean {
  const camel = camelCase(name)
  if (name === 'data') {
    setData(tensor, value)
    return true
  }
  const descriptor = Object.getOwnPropertyDescriptor(Tensor.prototype, camel)
  if (descriptor?.set) {
    Reflect.set(tensor, camel, value)
    return true
  }
  if (descriptor || Object.hasOwn(ATTRIBUTES, name))
    throw raise(
      'AttributeError',
      `attribute '${name}' of 'torch._C._TensorBase' objects is not writable`,
    )
  const own = extras.get(tensor) ?? new Map<string, Value>()
  extras.set(tensor, own.set(name, value))
  return true
}

/** `tensor.data = value`: the elements of `value`, uncounted. */
function setData(tensor: Tensor, value: Value): void {
  if (!isTensor(value)) throw raise('TypeError', 'Variable data has to be a tensor')
  const fits = value.dtype === tensor.dtype && String(value.shape) === String(tensor.shape)
  if (!fits)
    throw raise('NotImplementedError', 'setting data to another shape or dtype is not supported')
  tensor.alias(new VersionCounter()).copy_(value.detach())
}

/** `isinstance(x, nn.Parameter)` shows in the text. */
function repr(tensor: Tensor): string {
  const text = asInPython(format(tensor, torchDialect))
  return tensor.constructor.name === 'Parameter' ? `Parameter containing:\n${text}` : text
}

const asTensor = (object: Foreign): Tensor => {
  if (isTensor(object)) return object
  throw new TypeError('not a tensor')
}

export const tensorAdapter = (binding: Binding): Adapter => ({
  owns: isTensor,
  typeOf: (object) => classOf(binding, object.constructor),
  getAttribute: (object, name) => attribute(binding, asTensor(object), name),
  setAttribute: (object, name, value) => setAttribute(asTensor(object), name, value),
  binary: (op, left, right) => binary(binding, op, left, right),
  inplace: (op, target, value) => inplace(binding, op, target, value),
  unary: (op, operand) => unary(binding, op, operand),
  compare: (op, left, right) => compare(binding, op, left, right),
  getItem: (object, index) => asTensor(object).at(...toItems(binding, index)),
  setItem(object, index, value) {
    assign(binding, asTensor(object), index, value)
    return true
  },
  iterate: (object) => asTensor(object)[Symbol.iterator](),
  length: (object) => lengthOf(asTensor(object)),
  contains(object, value) {
    const same = compare(binding, '==', object, value)
    return isTensor(same as Value) && truthOf((same as Tensor).any())
  },
  truth: (object) => truthOf(asTensor(object)),
  repr: (object) => repr(asTensor(object)),
  format(object, spec) {
    const tensor = asTensor(object)
    // A tensor of one element is formatted as its element; any other one as any object.
    return tensor.ndim === 0 && spec ? binding.interpreter.format(itemOf(tensor), spec) : undefined
  },
})
