/** Recorded values written by hand, for tests of what runs them. */
import type { DType, TypedArray } from '@sconce/backend'
import { dtypes } from '@sconce/backend'
import type { GoldenTensor, GoldenValue, OpCase, OpFile } from '../../src/golden/types.ts'

const base64 = (data: TypedArray): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')

/** A tensor as it is recorded. */
export function tensor(
  values: readonly number[],
  shape: readonly number[] = [values.length],
  dtype: DType = 'float32',
): GoldenTensor {
  const data = new dtypes[dtype].array(values.length)
  values.forEach((value, i) => {
    data[i] = data instanceof BigInt64Array ? BigInt(value) : value
  })
  return { t: 'tensor', dtype, shape: [...shape], data: base64(data) }
}

export const int = (v: number): GoldenValue => ({ t: 'int', v })
export const float = (v: number): GoldenValue => ({ t: 'float', v })

/** An op's file with one case. */
export function opFile(call: string, fields: Partial<OpCase>, file: Partial<OpFile> = {}): OpFile {
  const name = call.split('.').at(-1) ?? call
  return {
    format: 'golden-op-1',
    torch: '1.13.0',
    op: name,
    name,
    variant: '',
    call,
    kind: 'other',
    aliases: [],
    method: true,
    inplace: null,
    dtypes: ['float32'],
    backward_dtypes: ['float32'],
    supports_autograd: true,
    supports_gradgrad: true,
    schemas: [],
    cases: [{ id: '1', args: [], kwargs: {}, out: { t: 'none' }, dtypes: ['float32'], ...fields }],
    errors: [],
    ...file,
  }
}
