import { FormatError } from '../errors.ts'
import { Global, type Globals } from './globals.ts'
import { PickleReader, Truncated } from './pickle-reader.ts'

/** What is below the items of a collection on the stack. */
const MARK = Symbol('mark')

/** What a pickle's persistent id stands for. */
export type PersistentLoad = (id: unknown) => unknown

type Op = (machine: Unpickler) => void

/**
 * Python's unpickler as a machine that builds plain values and runs nothing: the few globals that a
 * checkpoint needs are looked up in a table, and all others are an error. Dicts become Maps, lists and
 * tuples arrays, sets Sets, None null; integers beyond 2^53 bigints.
 */
export class Unpickler {
  readonly reader: PickleReader
  readonly format: string
  readonly #globals: Globals
  readonly #persistentLoad: PersistentLoad
  #stack: unknown[] = []
  readonly #memo = new Map<number, unknown>()
  #done = false
  /** Items that functions have copied: each was spelled out once, or the pickle is a bomb. */
  #copied = 0

  constructor(format: string, bytes: Uint8Array, globals: Globals, persistentLoad: PersistentLoad) {
    this.format = format
    this.#globals = globals
    this.#persistentLoad = persistentLoad
    this.reader = new PickleReader(bytes, (message) => this.fail(message))
  }

  fail(message: string): FormatError {
    return new FormatError(this.format, message)
  }

  /**
   * The next value of the bytes.
   *
   * @throws Truncated if they end before it; FormatError for everything else.
   */
  load(): unknown {
    this.#stack = []
    this.#memo.clear()
    this.#done = false
    while (!this.#done) {
      const at = this.reader.position
      const code = this.reader.uint8()
      const op = ops.get(code)
      if (!op) throw this.fail(`the pickle has the unknown opcode ${code} at ${at}`)
      op(this)
    }
    return this.pop()
  }

  stop(): void {
    this.#done = true
  }

  push(value: unknown): void {
    this.#stack.push(value)
  }

  pop(): unknown {
    if (this.#stack.length === 0) throw this.fail('the pickle takes from an empty stack')
    return this.#stack.pop()
  }

  top(): unknown {
    if (this.#stack.length === 0) throw this.fail('the pickle takes from an empty stack')
    return this.#stack[this.#stack.length - 1]
  }

  mark(): void {
    this.#stack.push(MARK)
  }

  /** The items above the last mark. */
  popToMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK)
    if (at < 0) throw this.fail('the pickle has no mark')
    const items = this.#stack.splice(at)
    items.shift()
    return items
  }

  put(index: number): void {
    this.#memo.set(index, this.top())
  }

  memoize(): void {
    this.put(this.#memo.size)
  }

  get(index: number): void {
    if (!this.#memo.has(index)) throw this.fail(`the pickle has no value ${index}`)
    this.push(this.#memo.get(index))
  }

  /** A name of a module, from the table. */
  find(module: unknown, name: unknown): void {
    const found = this.#globals.get(`${String(module)}.${String(name)}`)
    if (!found) {
      throw this.fail(
        `the file refers to ${String(module)}.${String(name)}, which is not among what a state dict ` +
          'needs, so that nothing of it was loaded. Save `model.state_dict()` instead of the model',
      )
    }
    this.push(found)
  }

  /** Calls a function of the table with a tuple of arguments. */
  reduce(): void {
    const args = this.pop()
    const callee = this.pop()
    if (!(callee instanceof Global) || !callee.call || !Array.isArray(args)) {
      throw this.fail('the pickle calls what is no function of a state dict')
    }
    this.#copied += sizeOf(args[0])
    if (this.#copied > this.reader.length) {
      throw this.fail('the pickle makes more copies than its size accounts for')
    }
    this.push(callee.call(args, (message) => this.fail(`${callee.name}: ${message}`)))
  }

  persistent(): void {
    this.push(this.#persistentLoad(this.pop()))
  }

  /** `obj.__setstate__`, of which only the attributes of an OrderedDict are known: they are left out. */
  build(): void {
    this.pop()
    if (!(this.top() instanceof Map)) {
      throw this.fail('the pickle sets the state of what is no part of a state dict')
    }
  }

  append(items: readonly unknown[]): void {
    const list = this.top()
    if (!Array.isArray(list)) throw this.fail('the pickle appends to what is no list')
    for (const item of items) list.push(item)
  }

  add(items: readonly unknown[]): void {
    const set = this.top()
    if (!(set instanceof Set)) throw this.fail('the pickle adds to what is no set')
    for (const item of items) set.add(item)
  }

  setItems(items: readonly unknown[]): void {
    const dict = this.top()
    if (!(dict instanceof Map)) throw this.fail('the pickle sets items of what is no dict')
    if (items.length % 2 !== 0) throw this.fail('the pickle sets an item without a value')
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1])
  }
}

/** Number of items that a function would copy. */
function sizeOf(argument: unknown): number {
  if (typeof argument === 'string' || Array.isArray(argument)) return argument.length
  return argument instanceof Map || argument instanceof Set ? argument.size : 0
}

const tuple =
  (length: number): Op =>
  (m) => {
    const items: unknown[] = []
    for (let i = 0; i < length; i++) items.unshift(m.pop())
    m.push(items)
  }

const value =
  (make: (reader: PickleReader) => unknown): Op =>
  (m) =>
    m.push(make(m.reader))

/** Pickle's opcodes; of protocols 2 to 4 those that checkpoints are made of. */
const ops = new Map<number, Op>([
  [0x28, (m) => m.mark()],
  [0x2e, (m) => m.stop()],
  [0x30, (m) => m.pop()],
  [0x31, (m) => m.popToMark()],
  [0x32, (m) => m.push(m.top())],
  [0x80, (m) => m.reader.uint8()], // PROTO
  [0x95, (m) => m.reader.uint64()], // FRAME
  // Constants and numbers.
  [0x4e, value(() => null)],
  [0x88, value(() => true)],
  [0x89, value(() => false)],
  [0x4a, value((r) => r.int32())],
  [0x4b, value((r) => r.uint8())],
  [0x4d, value((r) => r.uint16())],
  [0x8a, value((r) => r.long(r.uint8()))],
  [0x8b, value((r) => r.long(r.uint32()))],
  [0x47, value((r) => r.float64())],
  // Texts and bytes.
  [0x58, value((r) => r.utf8(r.uint32()))],
  [0x8c, value((r) => r.utf8(r.uint8()))],
  [0x8d, value((r) => r.utf8(r.uint64()))],
  [0x54, value((r) => r.latin1(r.uint32()))],
  [0x55, value((r) => r.latin1(r.uint8()))],
  [0x42, value((r) => r.bytes(r.uint32()).slice())],
  [0x43, value((r) => r.bytes(r.uint8()).slice())],
  [0x8e, value((r) => r.bytes(r.uint64()).slice())],
  // Collections.
  [0x29, value(() => [])],
  [0x5d, value(() => [])],
  [0x7d, value(() => new Map())],
  [0x8f, value(() => new Set())],
  [0x85, tuple(1)],
  [0x86, tuple(2)],
  [0x87, tuple(3)],
  [0x74, (m) => m.push(m.popToMark())],
  [0x6c, (m) => m.push(m.popToMark())],
  [0x61, (m) => appendOne(m)],
  [0x65, (m) => m.append(m.popToMark())],
  [0x73, (m) => setOne(m)],
  [0x75, (m) => m.setItems(m.popToMark())],
  [0x90, (m) => m.add(m.popToMark())],
  [0x91, (m) => m.push(new Set(m.popToMark()))],
  // The memo.
  [0x71, (m) => m.put(m.reader.uint8())],
  [0x72, (m) => m.put(m.reader.uint32())],
  [0x94, (m) => m.memoize()],
  [0x68, (m) => m.get(m.reader.uint8())],
  [0x6a, (m) => m.get(m.reader.uint32())],
  // Globals and what is made of them.
  [0x63, (m) => m.find(m.reader.line(), m.reader.line())],
  [
    0x93,
    (m) => {
      const name = m.pop()
      m.find(m.pop(), name)
    },
  ],
  [0x52, (m) => m.reduce()],
  [0x81, (m) => m.reduce()], // NEWOBJ
  [0x51, (m) => m.persistent()],
  [0x62, (m) => m.build()],
])

function appendOne(m: Unpickler): void {
  const item = m.pop()
  m.append([item])
}

function setOne(m: Unpickler): void {
  const item = m.pop()
  const key = m.pop()
  m.setItems([key, item])
}

export { Truncated }
