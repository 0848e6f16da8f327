import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import 'sconce'
import { command, usage } from '../src/command.ts'

async function run(...args: string[]) {
  const [out, error, loaded]: [string[], string[], string[]] = [[], [], []]
  const status = await command(args, {
    out: (text) => out.push(text),
    error: (text) => error.push(text),
    load: async (module) => loaded.push(module),
  })
  return { status, out: out.join(''), error: error.join(''), loaded }
}

describe('npx sconce', () => {
  it('prints a table', async () => {
    const { status, out, error } = await run('doctor')
    expect([status, error]).toEqual([0, ''])
    expect(out).toMatch(/^backend +available +threads +SIMD +GPU +read at once$/m)
    expect(out).toMatch(/^webgl +no /m)
    expect(out).toMatch(/init\(\) picks wasm\.\n$/)
  })

  it('prints JSON', async () => {
    const { status, out } = await run('doctor', '--json')
    expect(status).toBe(0)
    const { backends, preferred } = JSON.parse(out)
    expect(backends.map(({ name }: { name: string }) => name)).toEqual(['webgl', 'wasm', 'cpu'])
    expect(preferred).toBe('wasm')
  })

  it('loads what is to be looked at too', async () => {
    expect((await run('doctor', '--json', '--import', 'a', '--import', './b.js')).loaded).toEqual([
      'a',
      './b.js',
    ])
  })

  it('helps', async () => {
    expect(await run('--help')).toMatchObject({ status: 0, out: usage })
  })

  it.each([
    [[], 'No command.'],
    [['nurse'], 'No such command: nurse'],
    [['doctor', 'who'], 'No such command: doctor who'],
    [['doctor', '--fast'], "Unknown option '--fast'"],
  ])('is told about a mistake: %j', async (args, message) => {
    const { status, out, error } = await run(...args)
    expect([status, out]).toEqual([2, ''])
    expect(error.startsWith(message)).toBe(true)
    expect(error.endsWith(usage)).toBe(true)
  })
})

describe('the executable', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doctor-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('shows a backend that a file registers', async () => {
    const backend = import.meta.resolve('@sconce/backend')
    await writeFile(
      join(folder, 'mine.mjs'),
      `import { registerBackend, unavailable } from '${backend}'
      registerBackend({ name: 'mine', priority: 99, probe: () => unavailable('no', 'yes'), create() {} })`,
    )
    const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
    const node = ['--conditions=@sconce/source', '--import', import.meta.resolve('tsx'), bin]
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...node, 'doctor', '--json', '--import', './mine.mjs'],
      { cwd: folder },
    )
    expect(JSON.parse(stdout).backends[0]).toEqual({
      name: 'mine',
      available: false,
      reason: 'no',
      mend: 'yes',
    })
  })
})
