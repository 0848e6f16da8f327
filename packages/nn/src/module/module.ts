import { noGrad } from '@sconce/autograd'
import { AttributeError, type DType, NotImplementedError, Tensor, TypeError_ } from '@sconce/core'
import { isParameter, type Parameter } from '../parameter.ts'
import { callForward } from './call.ts'
import { copyMembers } from './clone.ts'
import { changeData, conversion, isDTypeName } from './convert.ts'
import { Hooked } from './hooked.ts'
import { internals } from './internals.ts'
import { find, propertyOf, register, type WalkOptions, walk } from './members.ts'
import { printModule } from './print.ts'
import {
  type IncompatibleKeys,
  type LoadableState,
  Loading,
  load,
  loadMembers,
  type StateDict,
  stateOf,
} from './state-dict.ts'

/** Parameters and buffers of the module itself. */
function* tensorsOf(module: Module): Generator<[name: string, tensor: Tensor]> {
  yield* module.ownParameters()
  for (const [name, buffer] of module.ownBuffers()) yield [name, buffer]
}

const brand: unique symbol = Symbol.for('sconce.module')

/** Told by a symbol, so that modules of another copy of the library are recognised too. */
export const isModule = (value: unknown): value is Module =>
  typeof value === 'object' && value !== null && brand in value

/** A module that turns one tensor into another. */
export type Layer = Module & { forward(input: Tensor): Tensor }

/**
 * Base of everything with parameters; `torch.nn.Module`. Properties that are parameters or modules
 * belong to the module:
 *
 *     class Net extends nn.Module {
 *       hidden = new nn.Linear(3, 32)
 *       output = new nn.Linear(32, 1)
 *       forward(x: Tensor) {
 *         return this.output.call(this.hidden.call(x).relu())
 *       }
 *     }
 *
 * Their names in `namedParameters` and `stateDict` are those of the properties. Those of the library's own
 * modules are PyTorch's: `bn.runningMean` is `running_mean`.
 */
export class Module extends Hooked {
  /** Whether the module is in training mode; see `train`. */
  training = true
  get [brand](): true {
    return true
  }

  /** What the module computes; users call `call`, which runs the hooks too. */
  forward(..._inputs: never[]): unknown {
    throw new NotImplementedError(
      `Module [${this.constructor.name}] is missing the required "forward" function`,
    )
  }

  /** Calls the module: `module(x)` in Python. Runs its hooks and `forward`, whose type it has. */
  get call(): this['forward'] {
    // A function of any module, seen as what its `forward` is.
    return callForward as this['forward']
  }

  // ---- structure ----

  /** Everything that has a name, in the order of registration; containers have their own. */
  protected *members(): Generator<[name: string, value: unknown]> {
    for (const property of Object.keys(this)) {
      yield [this[internals].names.get(property) ?? property, Reflect.get(this, property)]
    }
  }

  /** Puts a member in the place of the one of that name. */
  protected setMember(name: string, value: unknown): void {
    Reflect.set(this, propertyOf(this, name), value)
  }

  /**
   * Puts a tensor in the place of the parameter or buffer of that path; returns what puts it back.
   *
   * @throws AttributeError where there is none.
   */
  static replaceTensor(root: Module, path: string, t: Tensor): () => void {
    const dot = path.lastIndexOf('.')
    const owner = root.getSubmodule(path.slice(0, Math.max(dot, 0)))
    const name = path.slice(dot + 1)
    const before = find(owner, name, tensorsOf)
    owner.setMember(name, t)
    return () => owner.setMember(name, before)
  }

  /** The parameters of the module itself, by name. */
  *ownParameters(): Generator<[name: string, parameter: Parameter]> {
    for (const [name, value] of this.members()) if (isParameter(value)) yield [name, value]
  }

  /** The modules right below, by name. */
  *ownModules(): Generator<[name: string, module: Module]> {
    for (const [name, value] of this.members()) if (isModule(value)) yield [name, value]
  }

  /** The buffers of the module itself, by name. */
  *ownBuffers(): Generator<[name: string, buffer: Tensor, persistent: boolean]> {
    if (this[internals].buffers.size === 0) return
    for (const [name, value] of this.members()) {
      const known = this[internals].buffers.get(name)
      if (known && value instanceof Tensor) yield [name, value, known.persistent]
    }
  }

  /**
   * Adds a parameter, or null in the place of one; `Module.register_parameter`. `property` is the one that
   * holds it, where it is not called as the parameter.
   *
   * @throws KeyError for a bad or a taken name; TypeError for what is no parameter.
   */
  registerParameter(
    name: string,
    parameter: Parameter | null,
    property = propertyOf(this, name),
  ): void {
    if (parameter !== null && !isParameter(parameter)) {
      throw new TypeError_(
        `cannot assign '${typeof parameter}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      )
    }
    register(this, 'parameter', name, property, parameter)
  }

  /**
   * Adds a tensor that is part of the module's state but no parameter; `Module.register_buffer`. One that
   * is not `persistent` is no part of state dicts.
   *
   * @throws KeyError for a bad or a taken name.
   */
  registerBuffer(
    name: string,
    buffer: Tensor | null,
    options: { persistent?: boolean; property?: string } = {},
  ): void {
    const { persistent = true, property = propertyOf(this, name) } = options
    register(this, 'buffer', name, property, buffer)
    this[internals].buffers.set(name, { persistent })
  }

  /**
   * Adds a module; `Module.add_module`.
   *
   * @throws KeyError for a bad or a taken name; TypeError for what is no module.
   */
  registerModule(name: string, module: Module | null, property = propertyOf(this, name)): void {
    if (module !== null && !isModule(module))
      throw new TypeError_(`${typeof module} is not a Module subclass`)
    register(this, 'module', name, property, module)
  }

  /** `registerModule` by PyTorch's other name. */
  addModule(name: string, module: Module | null): void {
    this.registerModule(name, module)
  }

  /** All modules: this one, then what is below, each once; `Module.named_modules`. */
  *namedModules(
    options: { prefix?: string } = {},
    seen = new Set<Module>(),
  ): Generator<[name: string, module: Module]> {
    if (seen.has(this)) return
    seen.add(this)
    const { prefix = '' } = options
    yield [prefix, this]
    for (const [name, module] of this.ownModules())
      yield* module.namedModules({ prefix: prefix === '' ? name : `${prefix}.${name}` }, seen)
  }

  /** `Module.modules`. */
  *modules(): Generator<Module> {
    for (const [, module] of this.namedModules()) yield module
  }

  /** The modules right below, each once; `Module.named_children`. */
  *namedChildren(): Generator<[name: string, module: Module]> {
    const seen = new Set<Module>()
    for (const [name, module] of this.ownModules()) {
      if (seen.has(module)) continue
      seen.add(module)
      yield [name, module]
    }
  }

  /** `Module.children`. */
  *children(): Generator<Module> {
    for (const [, module] of this.namedChildren()) yield module
  }

  /** All parameters with their names, each once; `Module.named_parameters`. */
  namedParameters(options: WalkOptions = {}): Generator<[name: string, parameter: Parameter]> {
    return walk(this, (module) => module.ownParameters(), options)
  }

  /** All parameters, each once; `Module.parameters`. What optimizers take. */
  *parameters(options: WalkOptions = {}): Generator<Parameter> {
    for (const [, parameter] of this.namedParameters(options)) yield parameter
  }

  /** All buffers with their names; `Module.named_buffers`. */
  namedBuffers(options: WalkOptions = {}): Generator<[name: string, buffer: Tensor]> {
    return walk(this, (module) => module.ownBuffers(), options)
  }

  /** All buffers; `Module.buffers`. */
  *buffers(options: WalkOptions = {}): Generator<Tensor> {
    for (const [, buffer] of this.namedBuffers(options)) yield buffer
  }

  /**
   * The module of that path: `layers.0`; `Module.get_submodule`.
   *
   * @throws AttributeError where there is none.
   */
  getSubmodule(target: string): Module {
    let module: Module = this
    for (const part of target === '' ? [] : target.split('.')) {
      const next = new Map(module.ownModules()).get(part)
      if (!next) throw new AttributeError(`${module.constructor.name} has no attribute \`${part}\``)
      module = next
    }
    return module
  }

  /** The parameter of that path; `Module.get_parameter`. @throws AttributeError where there is none. */
  getParameter(target: string): Parameter {
    return find(this, target, (module) => module.ownParameters())
  }

  /** The buffer of that path; `Module.get_buffer`. @throws AttributeError where there is none. */
  getBuffer(target: string): Tensor {
    return find(this, target, (module) => module.ownBuffers())
  }

  // ---- modes and conversion ----

  /** Calls `fn` on every module, children first; `Module.apply`. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn)
    fn(this)
    return this
  }

  /** Puts this and everything below into training mode, or out of it; `Module.train`. */
  train(mode = true): this {
    if (typeof mode !== 'boolean') throw new TypeError_('training mode is expected to be boolean')
    this.training = mode
    for (const child of this.children()) child.train(mode)
    return this
  }

  /** `train(false)`; `Module.eval`. */
  eval(): this {
    return this.train(false)
  }

  /** Sets `requiresGrad` of all parameters; `Module.requires_grad_`. */
  requiresGrad_(on = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(on)
    return this
  }

  /** Zeroes all gradients, or drops them; `Module.zero_grad`. */
  zeroGrad({ setToNone = false }: { setToNone?: boolean } = {}): void {
    for (const parameter of this.parameters()) {
      const { grad } = parameter
      if (grad === null) continue
      if (setToNone) parameter.grad = null
      else noGrad(() => (grad.requiresGrad ? grad.detach_() : grad).zero_())
    }
  }

  /** Replaces the elements of every parameter, gradient and buffer; the parameters stay the same objects. */
  protected convert(change: (t: Tensor) => Tensor): this {
    for (const module of this.modules()) {
      for (const [, parameter] of module.ownParameters()) changeData(parameter, change)
      for (const [name, buffer] of [...module.ownBuffers()])
        module.setMember(
          name,
          noGrad(() => change(buffer)),
        )
    }
    return this
  }

  /**
   * Moves parameters and buffers to a device, or casts those of floating point; `Module.to`. Parameters
   * stay the same objects, so that optimizers made before go on working.
   *
   * @throws TypeError for a dtype that is no float.
   */
  to(target: string | Tensor | { device?: string; dtype?: DType }, dtype?: DType): this {
    if (typeof target === 'object' && target instanceof Tensor)
      return this.to({ device: target.device, dtype: target.dtype })
    if (typeof target === 'string') {
      if (isDTypeName(target)) return this.convert(conversion(undefined, target))
      return this.convert(conversion(target, dtype))
    }
    return this.convert(conversion(target.device, target.dtype))
  }

  /** Casts to float32; `Module.float`. */
  float(): this {
    return this.to('float32')
  }
  /** Casts to float64; `Module.double`. */
  double(): this {
    return this.to('float64')
  }
  /** Casts to float16; `Module.half`. */
  half(): this {
    return this.to('float16')
  }
  /** Casts to bfloat16; `Module.bfloat16`. */
  bfloat16(): this {
    return this.to('bfloat16')
  }
  /** Casts to a dtype; `Module.type`. */
  type(dtype: DType): this {
    return this.to(dtype)
  }
  /** Moves to the device `cpu`; `Module.cpu`. */
  cpu(): this {
    return this.to('cpu')
  }
  /** Moves to a device without the elements, which are unspecified then; `Module.to_empty`. */
  toEmpty({ device }: { device: string }): this {
    return this.convert((t) => t.emptyLike({ device }))
  }

  /**
   * A copy with parameters and buffers of its own; `copy.deepcopy(module)`. What is tied stays tied. The
   * constructor does not run; a module with `#private` fields has to override this.
   */
  clone(copies = new Map<object, object>()): this {
    return copyMembers(this, copies)
  }

  // ---- state ----

  /**
   * Parameters and persistent buffers by name, which share their elements with the module;
   * `Module.state_dict`. With `keepVars` they are the parameters themselves.
   */
  stateDict(options: { prefix?: string; keepVars?: boolean } = {}): StateDict {
    return stateOf(this, options.prefix ?? '', options.keepVars ?? false)
  }

  /** What the state dict has besides, under `_extra_state`; `Module.get_extra_state`. None by default. */
  getExtraState?(): Tensor

  /** Takes over what `getExtraState` gave; `Module.set_extra_state`. */
  setExtraState?(state: Tensor): void

  /**
   * Copies a state dict into the parameters and buffers; `Module.load_state_dict`. With `strict: false`
   * keys may be missing or left over; the result says which.
   *
   * @throws RuntimeError in PyTorch's words, before anything is changed.
   */
  loadStateDict(
    state: LoadableState,
    options: boolean | { strict?: boolean } = {},
  ): IncompatibleKeys {
    const strict = typeof options === 'boolean' ? options : (options.strict ?? true)
    const loading = new Loading(state)
    load(this, loading, '')
    return loading.finish(this.constructor.name, strict)
  }

  /** The part of `loadStateDict` for the module itself; for modules with a state of their own kind. */
  loadOwnState(loading: Loading, prefix: string): void {
    loadMembers(this, loading, prefix)
  }

  // ---- printing ----

  /** What is printed between the brackets; `Module.extra_repr`. */
  extraRepr(): string {
    return ''
  }

  /** PyTorch's `repr`: the tree of modules. */
  override toString(): string {
    return printModule(this)
  }

  /** What Node's `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
