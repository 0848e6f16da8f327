/** Level 0: memory holds what was put there. */
import {
  type Backend,
  type DType,
  dtypes,
  input,
  kernels,
  newArray,
  type TypedArray,
} from '@sconce/backend'
import { convert, encode } from '@sconce/backend/reference'
import type { Case, Outcome } from '../case.ts'
import { type Env, fail, outcomeOf } from '../execute/context.ts'
import { blank, compareCalls, layouts, samples } from './harness.ts'
import { extremes, ordinary } from './values.ts'

type Check = (backend: Backend, dtype: DType) => Promise<string | undefined>

/** Ordinary and extreme elements, raw. */
function elements(backend: Backend, dtype: DType, count: number): TypedArray {
  const special = extremes(dtype, backend.info.numerics)
  const values = [...special, ...ordinary(dtype, count)].slice(0, count)
  const data = newArray(dtype, count)
  values.forEach((value, i) => {
    data[i] = encode(convert(value, dtype), dtype)
  })
  return data
}

function difference(actual: TypedArray, expected: TypedArray): string | undefined {
  if (actual.constructor !== expected.constructor)
    return `a ${actual.constructor.name} came back, not a ${expected.constructor.name}`
  if (actual.length !== expected.length)
    return `${actual.length} elements came back, not ${expected.length}`
  for (let i = 0; i < expected.length; i++)
    if (!Object.is(actual[i], expected[i]))
      return `element ${i} is ${actual[i]}, not ${expected[i]}`
  return undefined
}

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000]

async function roundTrip(backend: Backend, dtype: DType): Promise<string | undefined> {
  for (const size of sizes) {
    const data = elements(backend, dtype, size)
    const buffer = backend.allocate(dtype, size)
    if (buffer.dtype !== dtype || buffer.length !== size)
      return `a buffer of ${size} ${dtype} says ${buffer.length} ${buffer.dtype}`
    backend.write(buffer, data.slice())
    const found = difference(await backend.read(buffer, 0, size), data)
    backend.free(buffer)
    if (found) return `${size} elements: ${found}`
  }
  return undefined
}

async function parts(backend: Backend, dtype: DType): Promise<string | undefined> {
  const data = elements(backend, dtype, 37)
  const buffer = backend.allocate(dtype, 37)
  backend.write(buffer, data)
  const patch = elements(backend, dtype, 11).reverse()
  backend.write(buffer, patch, 13)
  data.set(patch as never, 13)
  for (const [offset, length] of [
    [0, 37],
    [1, 36],
    [5, 3],
    [13, 11],
    [36, 1],
    [37, 0],
  ]) {
    const found = difference(
      await backend.read(buffer, offset, length),
      data.slice(offset, offset + length),
    )
    if (found) return `${length} elements from ${offset}: ${found}`
  }
  backend.free(buffer)
  return undefined
}

async function apart(backend: Backend, dtype: DType): Promise<string | undefined> {
  const data = elements(backend, dtype, 20)
  const other = data.slice().reverse()
  const first = backend.allocate(dtype, 20)
  const source = data.slice()
  backend.write(first, source)
  source.set(newArray(dtype, 20) as never)
  const freed = backend.allocate(dtype, 20)
  backend.write(freed, other)
  backend.free(freed)
  const second = backend.allocate(dtype, 20)
  backend.write(second, other)
  const read = await backend.read(first, 0, 20)
  const found = difference(read, data) ?? difference(await backend.read(second, 0, 20), other)
  if (found) return found
  read.set(newArray(dtype, 20) as never)
  const again = difference(await backend.read(first, 0, 20), data)
  backend.free(first)
  backend.free(second)
  return again && `changing what was read changed the buffer: ${again}`
}

async function synchronous(backend: Backend, dtype: DType): Promise<string | undefined> {
  const { readSync } = backend.info
  if ((readSync === 'none') !== (backend.readSync === undefined))
    return `info.readSync is '${readSync}', but the backend has ${backend.readSync ? 'a' : 'no'} readSync`
  if (!backend.readSync) return undefined
  const data = elements(backend, dtype, 21)
  const buffer = backend.allocate(dtype, 21)
  backend.write(buffer, data)
  const found = difference(backend.readSync(buffer, 4, 9), data.slice(4, 13))
  backend.free(buffer)
  return found
}

const checks: Readonly<Record<string, Check>> = {
  'round trip': roundTrip,
  parts,
  'buffers apart': apart,
  'synchronous read': synchronous,
}

/** A copy between any two layouts takes the right elements and leaves the gaps alone. */
async function copies({ backend }: Env, dtype: DType): Promise<Outcome> {
  const kernel = kernels.map([input(0, dtype)])
  const shape = [3, 4, 5]
  const calls = []
  for (const from of layouts) {
    for (const to of layouts) {
      const source = { dtype, shape, layout: from, values: samples(dtype, 60) }
      calls.push({ kernel, inputs: [source], outputs: [blank(dtype, shape, { layout: to })] })
    }
  }
  for (const dim of shape.keys()) {
    const count = 60 / shape[dim]
    const source = { dtype, shape, broadcast: [dim], values: samples(dtype, count) }
    calls.push({ kernel, inputs: [source], outputs: [blank(dtype, shape)] })
  }
  return outcomeOf(await compareCalls(backend, calls))
}

const allDTypes = Object.keys(dtypes) as DType[]

/** Level 0, for every dtype there is. */
export const storageCases = (): Case<Env>[] =>
  allDTypes.flatMap((dtype) => [
    ...Object.entries(checks).map(
      ([name, check]): Case<Env> => ({
        id: `storage/${dtype}/${name}`,
        op: 'storage',
        level: 0,
        dtypes: [dtype],
        proves: [`storage/${dtype}`],
        async run({ backend }) {
          const found = await check(backend, dtype)
          return found === undefined ? { status: 'pass' } : fail(found)
        },
      }),
    ),
    {
      id: `layout/${dtype}/copies`,
      op: 'layout',
      level: 0,
      dtypes: [dtype],
      needs: [`storage/${dtype}`],
      proves: [`layout/${dtype}`],
      run: (env) => copies(env, dtype),
    },
  ])
