import {
  contiguousStrides,
  type DType,
  dtypes,
  elementCount,
  input,
  isContiguous,
  isFloat,
  SyncReadUnavailable,
  type TypedArray,
} from '@sconce/backend'
import { awaitedRead } from './async-reads.ts'
import {
  type AutogradMeta,
  autogradEngine,
  type BackwardOptions,
  type GradFn,
  type GradHook,
  type RemovableHandle,
  requireAutograd,
} from './autograd-slot.ts'
import type { Device } from './device.ts'
import { check, TypeError_, ValueError } from './errors.ts'
import { decode, type NestedArray, nest } from './host-data.ts'
import { at, type Index, set } from './indexing.ts'
import { mapTo } from './kernel-call.ts'
import { claim, release } from './memory.ts'
import type { TensorMethods } from './ops/methods.ts'
import { format } from './print.ts'
import type { Scalar } from './scalar.ts'
import { tensorBrand } from './schema/bind.ts'
import { wrapDim } from './shape.ts'
import { type Storage, VersionCounter } from './storage.ts'

// The methods of the op table are installed on the prototype by `ops/install.ts`.
export interface Tensor extends TensorMethods {}

/**
 * A strided view of a storage: PyTorch's `torch.Tensor`. Every op of the op table is a method;
 * in-place forms end in an underscore.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods come from the op table
export class Tensor {
  /** Where the elements are; changed by `setData` alone, as are offset and dtype. */
  storage: Storage
  /** Sizes; `x.shape` and `x.size()` in PyTorch. */
  shape: readonly number[]
  /** Strides in elements. */
  strides: readonly number[]
  /** Position of the first element in the storage. */
  offset: number
  dtype: DType
  /** Counts in-place changes; shared with views. */
  readonly version: VersionCounter
  /** Autograd's state; null for a tensor that has never had to do with gradients. */
  autograd: AutogradMeta | null = null
  /** True once the tensor was disposed of. */
  released = false

  /** Used by ops; users call `tensor`, `zeros` and so on. */
  constructor(
    storage: Storage,
    shape: readonly number[],
    strides: readonly number[],
    offset: number,
    version: VersionCounter = new VersionCounter(),
  ) {
    this.storage = storage
    this.shape = shape
    this.strides = strides
    this.offset = offset
    this.dtype = storage.dtype
    this.version = version
    claim(this)
  }

  /** Number of dims; `Tensor.dim()`. */
  get ndim(): number {
    return this.shape.length
  }

  /** Number of dims; `Tensor.dim()`. */
  dim(): number {
    return this.shape.length
  }

  /** The shape, or the size of one dim; `Tensor.size`. */
  size(): readonly number[]
  size(dim: number): number
  size(dim?: number): readonly number[] | number {
    return dim === undefined ? this.shape : this.shape[wrapDim(dim, this.ndim)]
  }

  /** The strides, or the stride of one dim; `Tensor.stride`. */
  stride(): readonly number[]
  stride(dim: number): number
  stride(dim?: number): readonly number[] | number {
    return dim === undefined ? this.strides : this.strides[wrapDim(dim, this.ndim)]
  }

  /** Number of elements; `Tensor.numel`. */
  numel(): number {
    return elementCount(this.shape)
  }

  /** Name of the device; `Tensor.device`. */
  get device(): string {
    return this.storage.device.name
  }

  /** Whether the elements are row-major without gaps; `Tensor.is_contiguous`. */
  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides)
  }

  /** Offset of the first element in the storage; `Tensor.storage_offset`. */
  storageOffset(): number {
    return this.offset
  }

  /** Bytes of one element; `Tensor.element_size`. */
  elementSize(): number {
    return dtypes[this.dtype].size
  }

  /** `Tensor.is_floating_point`. */
  isFloatingPoint(): boolean {
    return isFloat(this.dtype)
  }

  /** Dims in reverse order; `Tensor.T`. */
  get T(): Tensor {
    return this.permute([...this.shape.keys()].reverse())
  }
  /** The last two dims swapped; `Tensor.mT`. */
  get mT(): Tensor {
    return this.#matrixTranspose('mT')
  }
  /** The transpose of a matrix; `Tensor.H`, for real dtypes. */
  get H(): Tensor {
    check(
      this.ndim === 2 || this.ndim === 0,
      () =>
        `tensor.H is only supported on matrices (2-D tensors). Got ${this.ndim}-D tensor.` +
        (this.ndim > 2 ? ' For batches of matrices, consider using tensor.mH' : ''),
    )
    return this.t()
  }
  /** The last two dims swapped; `Tensor.mH`, for real dtypes. */
  get mH(): Tensor {
    return this.#matrixTranspose('mH')
  }

  #matrixTranspose(name: string): Tensor {
    check(
      this.ndim !== 1,
      () =>
        `tensor.${name} is only supported on matrices or batches of matrices. Got ${this.ndim}-D tensor.`,
    )
    return this.ndim === 0 ? this.view([]) : this.transpose(-2, -1)
  }

  // ---- indexing ----

  /**
   * `x[...]` of Python: `x.at(0, '1:5:2', null, '...', indexTensor)`. Numbers, slices, null and '...'
   * give a view; tensors, lists and booleans a copy.
   *
   * @throws IndexError in PyTorch's words.
   */
  at(...items: Index[]): Tensor {
    return at(this, items)
  }

  /** `x[...] = value` of Python. */
  set(items: readonly Index[], value: Tensor | Scalar): void {
    set(this, items, value)
  }

  /** The slices along dim 0. */
  [Symbol.iterator](): Iterator<Tensor> {
    if (this.ndim === 0) throw new TypeError_('iteration over a 0-d tensor')
    return this.unbind(0).values()
  }

  // ---- reading ----

  /** The only element as a JS value; `Tensor.item`. Throws for several elements. */
  item(): number
  item(): number | boolean | bigint {
    this.#single()
    const [value] = decode(this.dtype, this.toTypedArray())
    return value
  }

  /** As `item`, for devices without synchronous reads. */
  async itemAsync(): Promise<number> {
    this.#single()
    const [value] = decode(this.dtype, await this.data())
    return Number(value)
  }

  #single(): void {
    if (this.numel() !== 1) {
      throw new ValueError('only one element tensors can be converted to Python scalars')
    }
  }

  /** The elements as nested JS arrays; `Tensor.tolist`. */
  toArray(): NestedArray {
    return nest(decode(this.dtype, this.toTypedArray()), this.shape)
  }

  /** The elements, row-major, in a fresh JS array; float16 and bfloat16 as raw bits. */
  toTypedArray(): TypedArray {
    const { backend } = this.storage.device
    const count = this.numel()
    if (count === 0) return new dtypes[this.dtype].array(0)
    const awaited = awaitedRead(this)
    if (awaited) return awaited
    if (!backend.readSync) {
      throw new SyncReadUnavailable(
        `device '${backend.name}' can't be read synchronously: use \`await x.data()\`, \`await x.array()\` or \`await x.itemAsync()\`, and for an op that reads \`await asynchronous(op)(x)\``,
      )
    }
    const source = this.#dense()
    return backend.readSync(source.storage.use(), source.offset, count)
  }

  /** As `toTypedArray`, without blocking. */
  async data(): Promise<TypedArray> {
    const count = this.numel()
    if (count === 0) return new dtypes[this.dtype].array(0)
    const source = this.#dense()
    return this.storage.device.backend.read(source.storage.use(), source.offset, count)
  }

  /** As `toArray`, without blocking. */
  async array(): Promise<NestedArray> {
    return nest(decode(this.dtype, await this.data()), this.shape)
  }

  /** This tensor if contiguous, else a contiguous copy without autograd history. */
  #dense(): Tensor {
    return this.isContiguous() ? this : mapTo([input(0, this.dtype)], [this], this.shape)[0]
  }

  // ---- autograd ----

  /** Whether gradients are computed for this tensor; `Tensor.requires_grad`. */
  get requiresGrad(): boolean {
    return this.autograd?.requiresGrad ?? false
  }
  set requiresGrad(on: boolean) {
    requireAutograd('requiresGrad').setRequiresGrad(this, on, 'property')
  }
  /** Sets `requiresGrad` and returns the tensor; `Tensor.requires_grad_`. */
  requiresGrad_(on = true): this {
    requireAutograd('requiresGrad_').setRequiresGrad(this, on, 'method')
    return this
  }
  /** The accumulated gradient; `Tensor.grad`. */
  get grad(): Tensor | null {
    return autogradEngine()?.grad(this) ?? null
  }
  set grad(grad: Tensor | null) {
    requireAutograd('grad').setGrad(this, grad)
  }
  /** The function that made this tensor, or null for a leaf; `Tensor.grad_fn`. */
  get gradFn(): GradFn | null {
    return autogradEngine()?.gradFn(this) ?? null
  }
  /** Whether the user made this tensor; `Tensor.is_leaf`. */
  get isLeaf(): boolean {
    return autogradEngine()?.isLeaf(this) ?? true
  }
  /** Keeps the gradient of a non-leaf; `Tensor.retain_grad`. */
  retainGrad(): void {
    requireAutograd('retainGrad').retainGrad(this)
  }
  /** Whether a non-leaf keeps its gradient; `Tensor.retains_grad`. */
  get retainsGrad(): boolean {
    return autogradEngine()?.retainsGrad(this) ?? false
  }
  /** Calls `hook` with the gradient, which it may replace; `Tensor.register_hook`. */
  registerHook(hook: GradHook): RemovableHandle {
    return requireAutograd('registerHook').registerHook(this, hook)
  }
  /** The same elements without history; `Tensor.detach`. */
  detach(): Tensor {
    return autogradEngine()?.detach(this) ?? this.alias()
  }
  /** Cuts the history off; `Tensor.detach_`. */
  detach_(): this {
    autogradEngine()?.detachInplace(this)
    return this
  }
  /** Computes gradients of the leaves; `Tensor.backward`. */
  backward(options: BackwardOptions | Tensor = {}): void {
    requireAutograd('backward').backward(
      this,
      options instanceof Tensor ? { gradient: options } : options,
    )
  }

  /**
   * Takes over the elements of `source`, whatever its shape, dtype and device, and stays the same object
   * for everybody who holds it; `Tensor.data = source`. Autograd's state is left as it is.
   */
  setData(source: Tensor): void {
    const { storage } = this
    if (!this.released) {
      source.storage.owners++
      if (--storage.owners === 0) storage.free()
    }
    this.storage = source.storage
    this.shape = source.shape
    this.strides = source.strides
    this.offset = source.offset
    this.dtype = source.dtype
  }

  /** A new tensor object on the same elements, without autograd state. */
  alias(version: VersionCounter = this.version): Tensor {
    return new Tensor(this.storage, this.shape, this.strides, this.offset, version)
  }

  // ---- the JS side ----

  /** PyTorch's `repr`. */
  toString(): string {
    return format(this)
  }
  /** What Node's `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
  get [Symbol.toStringTag](): string {
    return 'Tensor'
  }
  get [tensorBrand](): true {
    return true
  }
  /** Frees the elements early, for `using`. Never needed. */
  [Symbol.dispose](): void {
    release(this)
  }
}

/** A fresh contiguous tensor with unspecified contents. */
export function makeTensor(device: Device, dtype: DType, shape: readonly number[]): Tensor {
  return new Tensor(device.allocate(dtype, elementCount(shape)), shape, contiguousStrides(shape), 0)
}

/** A view of the elements of `t`. */
export function viewOf(
  t: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  offset = t.offset,
): Tensor {
  return new Tensor(t.storage, shape, strides, offset, t.version)
}
