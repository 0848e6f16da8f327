import { fromTypedArray, type Tensor } from '@sconce/core'
import { decodeElements, type ElementKind, type ReadOptions } from '../elements.ts'
import { FormatError } from '../errors.ts'
import { Global, isStorageRef, type StorageRef, TensorRef, TorchDType } from './globals.ts'

/** A value of a PyTorch file. Dicts are Maps; lists and tuples arrays; dtypes and devices their names. */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Tensor
  | TorchValue[]
  | Set<TorchValue>
  | Map<TorchValue, TorchValue>

/** Nesting that no checkpoint has. */
const MAX_DEPTH = 200

/** Where the bytes of a storage come from, and their order. */
export interface Storages {
  read(storage: StorageRef): Promise<Uint8Array>
  readonly little: boolean
}

/** Turns what the unpickler made into values, with tensors; tensors of one storage share it again. */
export class Materializer {
  readonly #format: string
  readonly #storages: Storages
  readonly #options: ReadOptions
  readonly #tensors = new Map<string, Promise<Tensor>>()
  readonly #values = new Map<unknown, TorchValue>()

  constructor(format: string, storages: Storages, options: ReadOptions) {
    this.#format = format
    this.#storages = storages
    this.#options = options
  }

  /** All elements of a storage, as one of the kinds that tensors see it as. */
  #base(storage: StorageRef, kind: ElementKind): Promise<Tensor> {
    const key = `${kind.dtype}:${kind.size} ${storage.key}`
    const known = this.#tensors.get(key)
    if (known) return known
    const read = async () => {
      const elements = decodeElements(
        kind,
        await this.#storages.read(storage),
        this.#storages.little,
      )
      const { device } = this.#options
      return fromTypedArray(elements, [elements.length], {
        dtype: kind.dtype,
        ...(device !== undefined && { device }),
      })
    }
    const base = read()
    this.#tensors.set(key, base)
    return base
  }

  async #tensor(ref: TensorRef): Promise<Tensor> {
    const base = await this.#base(ref.storage, ref.kind)
    const view = base.asStrided([...ref.shape], [...ref.strides], ref.offset)
    return ref.requiresGrad ? view.requiresGrad_() : view
  }

  /** The value of what the unpickler made; one that is met twice stays one. */
  async value(raw: unknown, depth = 0): Promise<TorchValue> {
    if (typeof raw === 'symbol') throw this.#fail('a mark is left on the stack')
    if (typeof raw !== 'object' || raw === null) return raw as TorchValue
    const known = this.#values.get(raw)
    if (known !== undefined) return known
    if (depth > MAX_DEPTH) throw this.#fail(`values are nested more than ${MAX_DEPTH} deep`)
    const remember = <T extends TorchValue>(value: T): T => {
      this.#values.set(raw, value)
      return value
    }
    if (raw instanceof TensorRef) return remember(await this.#tensor(raw))
    if (raw instanceof Uint8Array) return raw
    if (raw instanceof TorchDType) return `torch.${raw.name}`
    if (raw instanceof Global || isStorageRef(raw)) {
      throw this.#fail('the file holds a class or a storage, which are no values of a checkpoint')
    }
    // Remembered before its parts, which may hold it again.
    if (Array.isArray(raw)) {
      const list = remember<TorchValue[]>([])
      for (const item of raw) list.push(await this.value(item, depth + 1))
      return list
    }
    if (raw instanceof Set) {
      const set = remember(new Set<TorchValue>())
      for (const item of raw) set.add(await this.value(item, depth + 1))
      return set
    }
    if (raw instanceof Map) {
      const map = remember(new Map<TorchValue, TorchValue>())
      for (const [key, item] of raw) {
        map.set(await this.value(key, depth + 1), await this.value(item, depth + 1))
      }
      return map
    }
    throw this.#fail('the file holds a value that is no part of a checkpoint')
  }

  #fail(message: string): FormatError {
    return new FormatError(this.#format, message)
  }
}
