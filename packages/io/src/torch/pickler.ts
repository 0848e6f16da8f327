import type { DType } from '@sconce/backend'
import { type Storage, Tensor, TypeError_ } from '@sconce/core'

const storageClasses: Readonly<Record<DType, string>> = {
  float32: 'FloatStorage',
  float64: 'DoubleStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
}

const MAX_DEPTH = 200

/** How JS writes the integers that Python dicts have as keys. */
const INTEGER_KEY = /^(0|[1-9]\d{0,14})$/

/** Python's pickler, protocol 2, for plain values and tensors. */
export class Pickler {
  /** The storages of the tensors so far, by the keys under which they are to be written. */
  readonly storages = new Map<Storage, { readonly key: string; readonly tensor: Tensor }>()
  #bytes: number[] = []

  /**
   * The pickle of a value.
   *
   * @throws TypeError for what no PyTorch file can hold.
   */
  dump(value: unknown): Uint8Array {
    this.#bytes = [0x80, 2]
    this.#value(value, 'value', 0)
    this.#bytes.push(0x2e)
    return Uint8Array.from(this.#bytes)
  }

  #int32(value: number): void {
    this.#bytes.push(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff)
  }

  #text(text: string): void {
    const utf8 = new TextEncoder().encode(text)
    this.#bytes.push(0x58)
    this.#int32(utf8.length)
    for (const byte of utf8) this.#bytes.push(byte)
  }

  #global(module: string, name: string): void {
    this.#bytes.push(0x63)
    for (const c of `${module}\n${name}\n`) this.#bytes.push(c.charCodeAt(0))
  }

  #integer(value: number | bigint): void {
    if (value >= -(2 ** 31) && value < 2 ** 31) {
      this.#bytes.push(0x4a)
      this.#int32(Number(value))
      return
    }
    const bytes: number[] = []
    let rest = BigInt(value)
    do {
      bytes.push(Number(rest & 0xffn))
      rest >>= 8n
      // Until only the sign is left, and the last byte has it.
    } while (rest !== ((bytes[bytes.length - 1] & 0x80) === 0 ? 0n : -1n))
    this.#bytes.push(0x8a, bytes.length, ...bytes)
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.#integer(value)
      return
    }
    this.#bytes.push(0x47)
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value, false)
    this.#bytes.push(...new Uint8Array(view.buffer))
  }

  #tuple(items: readonly number[]): void {
    this.#bytes.push(0x28)
    for (const item of items) this.#integer(item)
    this.#bytes.push(0x74)
  }

  #dict(entries: Iterable<readonly [unknown, unknown]>, path: string, depth: number): void {
    this.#bytes.push(0x7d, 0x28)
    for (const [key, item] of entries) {
      if (!['string', 'number', 'bigint', 'boolean'].includes(typeof key)) {
        throw new TypeError_(`${path}: keys of a dict are texts, numbers or booleans`)
      }
      this.#value(key, path, depth + 1)
      this.#value(item, `${path}.${String(key)}`, depth + 1)
    }
    this.#bytes.push(0x75)
  }

  /** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad=False, backward_hooks=OrderedDict())`. */
  #tensor(tensor: Tensor): void {
    const { storage, dtype } = tensor
    const known = this.storages.get(storage)
    const key = known?.key ?? String(this.storages.size)
    if (!known) this.storages.set(storage, { key, tensor })
    this.#global('torch._utils', '_rebuild_tensor_v2')
    this.#bytes.push(0x28, 0x28)
    this.#text('storage')
    this.#global('torch', storageClasses[dtype])
    this.#text(key)
    this.#text('cpu')
    this.#integer(storage.length)
    this.#bytes.push(0x74, 0x51)
    this.#integer(tensor.offset)
    this.#tuple(tensor.shape)
    this.#tuple(tensor.strides)
    this.#bytes.push(0x89)
    this.#global('collections', 'OrderedDict')
    this.#bytes.push(0x29, 0x52, 0x74, 0x52)
  }

  #value(value: unknown, path: string, depth: number): void {
    if (depth > MAX_DEPTH) throw new TypeError_(`${path}: nested more than ${MAX_DEPTH} deep`)
    if (value === null || value === undefined) this.#bytes.push(0x4e)
    else if (typeof value === 'boolean') this.#bytes.push(value ? 0x88 : 0x89)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'bigint') this.#integer(value)
    else if (typeof value === 'string') this.#text(value)
    else if (value instanceof Tensor) this.#tensor(value)
    else if (value instanceof Map) this.#dict(value, path, depth)
    else if (Array.isArray(value)) {
      this.#bytes.push(0x5d, 0x28)
      value.forEach((item, i) => {
        this.#value(item, `${path}[${i}]`, depth + 1)
      })
      this.#bytes.push(0x65)
    } else if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
      const entries = Object.entries(value).map(
        ([key, item]) => [INTEGER_KEY.test(key) ? Number(key) : key, item] as const,
      )
      this.#dict(entries, path, depth)
    } else {
      const what = typeof value === 'object' ? value.constructor.name : typeof value
      throw new TypeError_(`${path}: a PyTorch file can't hold a ${what}`)
    }
  }
}
