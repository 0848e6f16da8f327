import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  acc,
  type Backend,
  contiguousStrides,
  getPlugin,
  input,
  kernels,
  type Operand,
  optionalKinds,
  requiredKinds,
  scalar,
} from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { put, runOn, samples } from '../../backend/test/harness.ts'
import { CpuBackend, createCpuBackend } from '../src/index.ts'
import { engines } from './engines.ts'
import { printed, workload } from './workload.ts'

const f32 = 'float32' as const
const x = input(0, f32)

describe('the plug-in', () => {
  it('is registered as cpu, least preferred, made at once', () => {
    const plugin = getPlugin('cpu')
    expect(plugin.priority).toBe(0)
    expect(plugin.probe()).toMatchObject({ available: true })
    expect(plugin.create()).toBeInstanceOf(CpuBackend)
  })

  it('claims every dtype and kind, and free synchronous reads', () => {
    const { info, name } = createCpuBackend({ name: 'other' })
    expect(name).toBe('other')
    expect([...info.native].sort()).toEqual([...requiredKinds, ...optionalKinds].sort())
    expect(Object.values(info.dtypes).every((d) => d.storage && d.arithmetic)).toBe(true)
    expect(info).toMatchObject({ readSync: 'free', collected: true })
  })
})

describe('memory', () => {
  const cpu = createCpuBackend({ poolSize: 1 << 20 })

  it('is written and read in parts', async () => {
    const buffer = cpu.allocate('int64', 4)
    cpu.write(buffer, BigInt64Array.of(1n, 2n, 3n, 4n))
    cpu.write(buffer, BigInt64Array.of(9n), 2)
    expect(cpu.readSync(buffer, 1, 3)).toEqual(BigInt64Array.of(2n, 9n, 4n))
    expect(await cpu.read(buffer, 0, 1)).toEqual(BigInt64Array.of(1n))
    expect(() => cpu.write(buffer, Float32Array.of(1))).toThrow('written from a BigInt64Array')
    await cpu.synchronize()
  })

  it('is read as a copy', () => {
    const buffer = cpu.allocate(f32, 2)
    cpu.write(buffer, Float32Array.of(1, 2))
    const copy = cpu.readSync(buffer, 0, 2)
    copy[0] = 5
    expect(cpu.readSync(buffer, 0, 1)).toEqual(Float32Array.of(1))
  })

  it('of large buffers is used again, within a bound', () => {
    const data = (b: ReturnType<Backend['allocate']>) =>
      b instanceof Object && 'data' in b ? b.data : undefined
    const memory = (b: ReturnType<Backend['allocate']>) => {
      const array = data(b)
      return array instanceof Float32Array ? array.buffer : undefined
    }
    const first = cpu.allocate(f32, 100_000)
    const held = memory(first)
    cpu.free(first)
    expect(memory(cpu.allocate(f32, 99_000))).toBe(held)
    // More than the pool holds is let go.
    const many = Array.from({ length: 5 }, () => cpu.allocate(f32, 100_000))
    const kept = new Set(many.map(memory))
    for (const buffer of many) cpu.free(buffer)
    const again = Array.from({ length: 5 }, () => memory(cpu.allocate(f32, 100_000)))
    expect(again.filter((m) => kept.has(m)).length).toBe(2)
  })

  it('that cannot be had is an error with its size', () => {
    expect(() => cpu.allocate('float64', 2 ** 53)).toThrow(
      'cpu out of memory. Tried to allocate 67108864.00 GiB (float64[9007199254740992])',
    )
  })

  it('that was freed cannot be read, nor that of another backend', () => {
    const buffer = cpu.allocate(f32, 3)
    cpu.free(buffer)
    expect(cpu.readSync(buffer, 0, 3)).toEqual(new Float32Array(0))
    expect(() => cpu.readSync({ dtype: f32, length: 1 }, 0, 1)).toThrow(
      'a buffer of another backend',
    )
  })
})

describe.each(engines)('programs of %s', (engine) => {
  it('are compiled once for each class of layouts, whatever the sizes and scalars', () => {
    const cpu = createCpuBackend({ engine })
    const kernel = kernels.map([x.mul(scalar(0, f32)).add(input(1, f32))])
    const run = (m: number, n: number, layout: 'contiguous' | 'transposed') =>
      runOn(
        cpu,
        kernel,
        [
          { dtype: f32, shape: [m, n], layout },
          { dtype: f32, shape: [m, n] },
        ],
        [{ dtype: f32, shape: [m, n] }],
        [m],
      )
    run(2, 2, 'contiguous')
    expect(cpu.compiled).toBe(1)
    for (let n = 1; n < 40; n++) run(n, n + 1, 'contiguous')
    expect(cpu.compiled).toBe(1)
    run(3, 4, 'transposed')
    expect(cpu.compiled).toBe(2)
    for (let n = 2; n < 40; n++) run(n + 1, n, 'transposed')
    expect(cpu.compiled).toBe(2)

    const product = kernels.matmul(f32, acc(0, f32))
    const multiply = (m: number, k: number, n: number) =>
      runOn(
        cpu,
        product,
        [
          { dtype: f32, shape: [m, k] },
          { dtype: f32, shape: [k, n] },
        ],
        [{ dtype: f32, shape: [m, n] }],
      )
    multiply(3, 4, 5)
    const known = cpu.compiled
    for (let n = 2; n < 20; n++) multiply(n, 2 * n, n + 1)
    expect(cpu.compiled).toBe(known)
  })

  it('are bounded in number, and made again when they were dropped', () => {
    const cpu = createCpuBackend({ engine, programs: 8 })
    const [a, out] = [put(cpu, { dtype: f32, shape: [4] }), put(cpu, { dtype: f32, shape: [4] })]
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 40; i++) {
        cpu.run(kernels.map([x.add(i)]), [a], [out], [])
        expect(cpu.compiled).toBeLessThanOrEqual(8)
        expect(cpu.readSync(out.buffer, 0, 1)[0]).toBe(samples(f32, 1)[0] + i)
      }
    }
  })

  it('cost little to call', () => {
    const cpu = createCpuBackend({ engine })
    const kernel = kernels.map([x.add(input(1, f32))])
    const operand = (): Operand => ({
      buffer: cpu.allocate(f32, 4),
      dtype: f32,
      shape: [4],
      strides: contiguousStrides([4]),
      offset: 0,
    })
    const [inputs, outputs] = [[operand(), operand()], [operand()]]
    const rounds = Array.from({ length: 20 }, () => {
      const start = performance.now()
      for (let i = 0; i < 10_000; i++) cpu.run(kernel, inputs, outputs, [])
      return (performance.now() - start) / 10_000
    })
    // Milliseconds a call in the best round: 0.02 µs generated, 0.2 µs interpreted on an idle machine.
    expect(Math.min(...rounds)).toBeLessThan(engine === 'codegen' ? 0.0005 : 0.005)
  })
})

describe('a Content-Security-Policy that forbids generated code', () => {
  const child = (script: string): string =>
    execFileSync(
      process.execPath,
      [
        '--disallow-code-generation-from-strings',
        '--conditions=@sconce/source',
        '--import=tsx',
        ...(script.endsWith('.ts')
          ? [fileURLToPath(new URL(script, import.meta.url))]
          : ['--input-type=module', '--eval', script]),
      ],
      { encoding: 'utf8', cwd: fileURLToPath(new URL('..', import.meta.url)) },
    )

  it('changes no bit of any kind of kernel', () => {
    const found: unknown = JSON.parse(child('./csp-child.ts'))
    const expected = workload({ engine: 'codegen' })
    expect(expected.description).toBe('JavaScript (codegen)')
    expect(found).toEqual({
      description: 'JavaScript (closures)',
      values: JSON.parse(printed(expected)).values,
    })
    expect(workload({ engine: 'closures' }).values).toEqual(expected.values)
  })

  it('refuses the engine that generates code, and says what to do', () => {
    const script = `
      import { createCpuBackend } from './src/index.ts'
      try { createCpuBackend({ engine: 'codegen' }) } catch (error) { console.log(error.message) }`
    expect(child(script)).toContain(
      "cpu: generated code is forbidden here. Use the engine 'closures'",
    )
  })
})
