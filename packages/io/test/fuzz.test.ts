import '@sconce/autograd'
import '@sconce/backend-cpu'
import { Generator, tensor } from '@sconce/core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  encodeCheckpoint,
  FormatError,
  readCheckpoint,
  readNpy,
  readNpz,
  readSafetensors,
  readTorch,
} from '../src/index.ts'
import { type FileName, fixture } from './helpers.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Random damage, the same in every run. */
class Damage {
  readonly #generator = new Generator(20240)

  below(n: number): number {
    return this.#generator.random() % n
  }

  /** A few bytes changed, and perhaps some left out or put in. */
  of(whole: Bytes): Bytes {
    const bytes = [...whole]
    for (let i = this.below(4); i >= 0; i--) bytes[this.below(bytes.length)] = this.#byte()
    const at = this.below(bytes.length)
    if (this.below(4) === 0) bytes.splice(at, this.below(40))
    if (this.below(4) === 0)
      bytes.splice(at, 0, ...Array.from({ length: this.below(40) }, () => this.#byte()))
    return Uint8Array.from(bytes)
  }

  /** Bytes that mean something often: ends of ranges, signs, digits, letters. */
  #byte(): number {
    const telling = [0, 1, 0x7f, 0x80, 0xff, 0x30, 0x39, 0x5b, 0x7b, 0x22]
    return this.below(2) === 0 ? telling[this.below(telling.length)] : this.below(256)
  }
}

type Read = (bytes: Bytes) => Promise<unknown>

/** Reads; an error has to be a FormatError. Returns whether it was read. */
async function reads(read: Read, bytes: Bytes): Promise<boolean> {
  try {
    await read(bytes)
    return true
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    expect(error.message.length).toBeGreaterThan(error.format.length + 5)
    return false
  }
}

const files: [string, Read, () => Bytes][] = [
  ...(
    [
      ['safetensors/all', readSafetensors],
      ['npy/float32', readNpy],
      ['npy/fortran', readNpy],
      ['npz/stored', readNpz],
      ['npz/compressed', readNpz],
      ['pt/everything', readTorch],
      ['pt/protocol4', readTorch],
      ['pt/legacy', readTorch],
    ] as const
  ).map(([name, read]): [string, Read, () => Bytes] => [
    name,
    read,
    () => fixture(name as FileName),
  ]),
]

let checkpoint: Bytes
beforeAll(async () => {
  checkpoint = await encodeCheckpoint({
    model: new Map([
      [
        'w',
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ],
      ['b', tensor([0.5])],
    ]),
    numbers: { lr: 0.1, betas: [0.9, 0.999], step: 7n },
  })
})
files.push(['checkpoint', readCheckpoint, () => checkpoint])

/** The whole of what a fixture may take, however it is damaged. */
const MEGABYTES = 200

describe.each(files)('%s', (_, read, whole) => {
  it('cut off anywhere is a FormatError', async () => {
    const bytes = whole()
    expect(await reads(read, bytes)).toBe(true)
    const step = Math.max(1, Math.floor(bytes.length / 150))
    for (let length = 0; length < bytes.length; length += step) {
      expect(await reads(read, bytes.slice(0, length)), `${length} bytes`).toBe(false)
    }
    expect(await reads(read, bytes.slice(0, -1))).toBe(false)
  })

  it('damaged anywhere is read or a FormatError, in little time and memory', async () => {
    const damage = new Damage()
    const bytes = whole()
    const before = process.memoryUsage()
    const start = performance.now()
    let refused = 0
    for (let round = 0; round < 300; round++) {
      if (!(await reads(read, damage.of(bytes)))) refused++
    }
    expect(refused).toBeGreaterThan(100)
    expect(performance.now() - start).toBeLessThan(30_000)
    const after = process.memoryUsage()
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MEGABYTES * 2 ** 20)
    expect(after.rss - before.rss).toBeLessThan(2 * MEGABYTES * 2 ** 20)
  })

  it('anything else is a FormatError', async () => {
    const damage = new Damage()
    for (let length = 0; length < 200; length += 7) {
      const noise = Uint8Array.from({ length }, () => damage.below(256))
      expect(await reads(read, noise)).toBe(false)
    }
  })
})
