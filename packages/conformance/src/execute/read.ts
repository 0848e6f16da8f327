import { FloatScalar, type Tensor } from '@sconce/core'
import type { HostTensor, HostValue } from '../compare/host.ts'
import { isTensor } from './arguments.ts'

/** Reads a tensor to host memory, without blocking. */
export async function readTensor(tensor: Tensor): Promise<HostTensor> {
  const { dtype, shape } = tensor
  return { dtype, shape: [...shape], data: await tensor.data() }
}

/**
 * Reads everything that an op returned.
 * @throws TypeError for what no op should return
 */
export async function readValue(value: unknown): Promise<HostValue> {
  if (value === null || value === undefined) return value
  if (isTensor(value)) return readTensor(value)
  if (value instanceof FloatScalar) return value.value
  if (Array.isArray(value)) return Promise.all(value.map(readValue))
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
      return value
    case 'object': {
      const members = Object.entries(value).map(async ([name, member]) => [
        name,
        await readValue(member),
      ])
      return Object.fromEntries(await Promise.all(members))
    }
    default:
      throw new TypeError(`an op returned a ${typeof value}`)
  }
}

/** The tensors that an op returned, depth first, as PyTorch flattens outputs. */
export function tensorsOf(value: unknown): Tensor[] {
  if (isTensor(value)) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(tensorsOf)
}
