/** The `torch` module. */
import { isGradEnabled, isInferenceModeEnabled } from '@sconce/autograd'
import { type DType, isDType } from '@sconce/backend'
import {
  equal,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  seed,
  setPrintOptions,
  setRngState,
  Tensor,
} from '@sconce/core'
import type { PyClass } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { type NativeFunction, native } from '../values/functions.ts'
import { isList, type Kwargs, Tuple, type Value } from '../values/value.ts'
import { autogradNamespace, utilsNamespace } from './autograd.ts'
import type { Binding } from './binding.ts'
import { areClose, callTorch, torchFunction } from './calls.ts'
import { PLAIN, toOptions } from './convert.ts'
import { asTensor, legacyTensor, makeTensor } from './creation.ts'
import { findMode } from './modes.ts'
import { findNamed, kindClass, limitsOf, makeDevice, Named, named } from './named.ts'
import { Namespace } from './namespaces.ts'
import { classOf } from './objects.ts'
import { creationOptions } from './options.ts'
import { nnNamespace, optimNamespace } from './packages.ts'
import { AttributeRecord } from './records.ts'
import { unboundMethod } from './tensor.ts'
import { sizeType } from './tuples.ts'

const CONSTANTS: { [name: string]: Value } = {
  inf: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
  pi: Math.PI,
  e: Math.E,
}

/** Constructors of the time before dtypes were objects. */
const LEGACY: { [name: string]: DType } = {
  FloatTensor: 'float32',
  DoubleTensor: 'float64',
  LongTensor: 'int64',
  IntTensor: 'int32',
  BoolTensor: 'bool',
  ByteTensor: 'uint8',
}

type Body = (binding: Binding, args: Value[], kwargs: Kwargs) => Value

const asTensorArgument = (value: Value): Tensor => {
  if (value instanceof Tensor) return value
  throw raise('TypeError', 'expected a tensor')
}

/** A list of tensors, or tensors one by one. */
const spread = (args: Value[]): Value[] =>
  args.length === 1 && isList(args[0])
    ? args[0]
    : args[0] instanceof Tuple && args.length === 1
      ? [...args[0].items]
      : args

/** `name signature` of what is not in the op table, or has another result in PyTorch. */
const FUNCTIONS: { [nameAndSignature: string]: Body } = {
  'tensor data **': (binding, [data], kwargs) =>
    makeTensor(binding, data, creationOptions(binding, kwargs)),
  'as_tensor data **': (binding, [data], kwargs) =>
    asTensor(binding, data, creationOptions(binding, kwargs)),
  'scalar_tensor value **': (binding, [value], kwargs) =>
    makeTensor(binding, value, { dtype: 'float32', ...creationOptions(binding, kwargs) }),
  'device type index=': (_, args) => makeDevice(args),
  'is_tensor object': (_, [object]) => object instanceof Tensor,
  is_grad_enabled: () => isGradEnabled(),
  is_inference_mode_enabled: () => isInferenceModeEnabled(),
  'manual_seed seed': (_, [value]) => manualSeed(value as bigint),
  seed: () => seed(),
  initial_seed: () => initialSeed(),
  get_rng_state: (binding) =>
    makeTensor(binding, [...getRngState()].map(BigInt), { dtype: 'uint8' }),
  'set_rng_state state': (_, [state]) => {
    setRngState(Uint8Array.from(asTensorArgument(state).toTypedArray() as Uint8Array))
    return null
  },
  'equal input other': (_, [a, b]) => equal(asTensorArgument(a), asTensorArgument(b)),
  'allclose input other rtol= atol= equal_nan=': (binding, [input, ...args]) =>
    areClose(binding, input, args),
  'numel input': (_, [input]) => BigInt(asTensorArgument(input).numel()),
  'is_floating_point input': (_, [input]) => asTensorArgument(input).isFloatingPoint(),
  'is_complex input': () => false,
  get_default_dtype: () => named('dtype', 'float32'),
  'finfo dtype=': (_, [dtype = named('dtype', 'float32')]) => limits('finfo', dtype),
  'iinfo dtype': (_, [dtype]) => limits('iinfo', dtype),
  'set_printoptions **': (binding, _, kwargs) => {
    setPrintOptions(toOptions(binding, kwargs, PLAIN))
    return null
  },
  'where condition x= y=': (binding, [condition, x, y]) =>
    x === undefined
      ? positions(binding, condition)
      : callTorch(binding, 'where', [condition, x, y]),
  'nonzero input * as_tuple=': (binding, [input, asTuple]) =>
    asTuple === true ? positions(binding, input) : callTorch(binding, 'nonzero', [input]),
  'result_type tensor1 tensor2': (binding, args) => dtypeResult(binding, 'result_type', args),
  'promote_types type1 type2': (binding, args) => dtypeResult(binding, 'promote_types', args),
  'broadcast_tensors *args': (binding, args) =>
    callTorch(binding, 'broadcast_tensors', [spread(args)]),
  'einsum equation *args': (binding, [equation, ...operands]) =>
    callTorch(binding, 'einsum', [equation, spread(operands)]),
}

/** `torch.nonzero(x, as_tuple=True)`: positions by dim. */
const positions = (binding: Binding, input: Value): Value =>
  callTorch(binding, 'unbind', [callTorch(binding, 'nonzero', [input]), 1n])

function limits(typeName: string, dtype: Value): AttributeRecord {
  if (dtype instanceof Named && isDType(dtype.name))
    return new AttributeRecord(typeName, limitsOf(dtype.name))
  throw raise('TypeError', `torch.${typeName}() requires a dtype`)
}

function dtypeResult(binding: Binding, name: string, args: Value[]): Value {
  const dtype = callTorch(binding, name, args)
  return typeof dtype === 'string' ? (findNamed(dtype) ?? dtype) : dtype
}

const functionTable = new Map(
  Object.entries(FUNCTIONS).map(([key, body]) => {
    const [name, ...signature] = key.split(' ')
    return [name, { signature: signature.join(' '), body }] as const
  }),
)

function ownFunction(binding: Binding, name: string): NativeFunction | undefined {
  const found = functionTable.get(name)
  return found && native(name, found.signature, (args, kwargs) => found.body(binding, args, kwargs))
}

/** Classes that programs name to make or to recognise something. */
function findClass(binding: Binding, name: string): PyClass | undefined {
  const { interpreter } = binding
  switch (name) {
    case 'Tensor': {
      const type = classOf(binding, Tensor)
      type.create ??= (args) => legacyTensor(binding, args, 'float32')
      return type
    }
    case 'Size':
      return sizeType(binding)
    case 'Generator':
      return classOf(binding, Generator)
    case 'dtype':
    case 'memory_format':
    case 'layout':
      return interpreter.foreignClass(kindClass(name), name)
    default:
      return undefined
  }
}

/** A method as a function of its tensor, where there is no function of the name. */
const methodFunction = (binding: Binding, name: string): Value | undefined =>
  name.startsWith('_') ? undefined : unboundMethod(binding, name)

/** The modules in `torch` by their names without `torch.`. */
export function torchNamespaces(binding: Binding): Map<string, Namespace> {
  const ops = (prefix: string): Namespace =>
    new Namespace(`torch.${prefix}`, (name) => torchFunction(binding, `${prefix}.${name}`))
  const nn = nnNamespace(binding)
  const inner = new Map<string, Namespace>([
    ['autograd', autogradNamespace(binding)],
    ['utils', utilsNamespace(binding)],
    ['nn', nn],
    ['optim', optimNamespace(binding)],
    ['linalg', ops('linalg')],
    ['special', ops('special')],
    ['fft', ops('fft')],
  ])
  const torch = new Namespace('torch', (name) => {
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name]
    if (Object.hasOwn(LEGACY, name))
      return native(name, '*args', (args) => legacyTensor(binding, args, LEGACY[name]))
    return (
      inner.get(name) ??
      findClass(binding, name) ??
      findNamed(name) ??
      findMode(binding, name) ??
      ownFunction(binding, name) ??
      torchFunction(binding, name) ??
      methodFunction(binding, name)
    )
  })
  return inner.set('', torch)
}
