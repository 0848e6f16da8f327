import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeTensor, isHostView } from '../../src/compare/decode.ts'
import { encodeGroup } from '../../src/golden/encode.ts'
import { openFolder } from '../../src/golden/folder.ts'
import type { FolderSource, Golden } from '../../src/golden/golden.ts'
import { openPacked } from '../../src/golden/packed.ts'
import type { GoldenTensor } from '../../src/golden/types.ts'
import { shippedGolden } from '../../src/node.ts'

/** Files in memory; counts what is read. */
function memory(files: Record<string, string | Uint8Array>) {
  const reads: string[] = []
  const source: FolderSource = {
    root: 'memory',
    async read(path) {
      reads.push(path)
      if (!(path in files)) throw new Error(`no ${path}`)
      return new Uint8Array(Buffer.from(files[path]))
    },
    async list(folder) {
      const prefix = folder ? `${folder}/` : ''
      return Object.keys(files).flatMap((path) => {
        const rest = path.startsWith(prefix) ? path.slice(prefix.length) : ''
        return rest && !rest.includes('/') ? [rest] : []
      })
    },
  }
  return { source, reads }
}

const op = (name: string) => ({ format: 'golden-op-1', torch: '1.13.0', op: name, cases: [] })

describe('a folder', () => {
  test('lists its files and reads the one that is asked for', async () => {
    const { source, reads } = memory({
      'ops/b.json': JSON.stringify(op('b')),
      'ops/a.min.json': JSON.stringify(op('a.min')),
      'ops/notes.txt': '',
      'programs/x.json': '{"format": "golden-program-1", "theme": "x", "cases": []}',
      'rng.json': '{"generator": "g", "cases": []}',
    })
    const golden = await openFolder(source)
    expect(golden.ops).toEqual(['a.min', 'b'])
    expect(golden.programs).toEqual(['x'])
    expect(reads).toEqual([])
    expect((await golden.op('a.min')).op).toBe('a.min')
    expect((await golden.program('x')).theme).toBe('x')
    expect((await golden.rng())?.generator).toBe('g')
    expect(reads).toEqual(['ops/a.min.json', 'programs/x.json', 'rng.json'])
  })

  test('may hold ops alone', async () => {
    const golden = await openFolder(memory({ 'ops/b.json': '{}' }).source)
    expect(golden.programs).toEqual([])
    expect(await golden.rng()).toBeUndefined()
  })

  test('says what is wrong', async () => {
    await expect(openFolder(memory({}).source)).rejects.toThrow(
      'memory has neither ops/*.json, programs/*.json nor rng.json',
    )
    const { source } = memory({ 'ops/a.json': '{"format": "golden-op-9"}', 'ops/b.json': '{' })
    const golden = await openFolder(source)
    await expect(golden.op('a')).rejects.toThrow(
      'memory/ops/a.json: expected the format golden-op-1, got golden-op-9',
    )
    await expect(golden.op('b')).rejects.toThrow('memory/ops/b.json: ')
    await expect(golden.op('c')).rejects.toThrow('no ops/c.json')
  })
})

describe('the packed form', () => {
  const manifest = {
    format: 'sconce-golden-1',
    torch: '1.13.0',
    groups: [
      { file: 'one.gz', kind: 'ops', names: ['add', 'sub'] },
      { file: 'two.gz', kind: 'ops', names: ['mul'] },
    ],
  }

  test('unzips a group once, when it is needed', async () => {
    const { source, reads } = memory({
      'manifest.json': JSON.stringify(manifest),
      'one.gz': gzipSync(encodeGroup([op('add'), op('sub')])),
    })
    const golden = await openPacked(source)
    expect(golden.ops).toEqual(['add', 'mul', 'sub'])
    const both = await Promise.all([golden.op('add'), golden.op('sub')])
    expect(both.map((file) => file.op)).toEqual(['add', 'sub'])
    expect(reads).toEqual(['manifest.json', 'one.gz'])
    expect(await golden.rng()).toBeUndefined()
    await expect(golden.op('mul')).rejects.toThrow('no two.gz')
    await expect(golden.op('div')).rejects.toThrow('memory has no ops/div')
  })

  test('of another version is refused', async () => {
    const { source } = memory({ 'manifest.json': '{"format": "sconce-golden-2"}' })
    await expect(openPacked(source)).rejects.toThrow('unknown format sconce-golden-2')
  })
})

describe('the shipped results', () => {
  let golden: Golden
  beforeAll(async () => {
    golden = await shippedGolden()
  })

  test('are all there', async () => {
    expect([golden.ops.length, golden.programs.length]).toEqual([440, 21])
    const files = await Promise.all(golden.ops.map((name) => golden.op(name)))
    expect(files.map((file) => file.op)).toEqual(golden.ops)
    const total = (counts: number[]) => counts.reduce((a, b) => a + b, 0)
    expect(total(files.map((file) => file.cases.length))).toBe(3152)
    expect(total(files.map((file) => file.errors.length))).toBe(163)
    const programs = await Promise.all(golden.programs.map((theme) => golden.program(theme)))
    expect(programs.map((file) => file.theme)).toEqual(golden.programs)
    expect(total(programs.map((file) => file.cases.length))).toBe(1480)
    expect((await golden.rng())?.cases.length).toBe(93)
  })

  test('hold PyTorch’s numbers', async () => {
    const first = (await golden.rng())?.cases[0]
    expect(first?.program).toBe('manual_seed(s); rand(5)')
    const numbers = [...decodeTensor(first!.outputs[0]).data].map((x) => Number(x).toFixed(4))
    expect(numbers).toEqual(['0.4963', '0.7682', '0.0885', '0.1320', '0.3074'])
  })

  test('have views whose storage makes their contiguous copy', async () => {
    const file = await golden.op('contiguous')
    const tensors = file.cases.map((c) => [c.args[0], c.out] as [GoldenTensor, GoldenTensor])
    const views = tensors.filter(([input]) => isHostView(decodeTensor(input)))
    expect(views.length).toBeGreaterThan(0)
    for (const [input, output] of views)
      expect(decodeTensor(input).data).toEqual(decodeTensor(output).data)
  })
})
