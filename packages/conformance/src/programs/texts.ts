/** Texts of devices on which int32 stands for int64. */
import type { HostValue } from '../compare/host.ts'
import { isHostList, isHostTensor } from '../compare/host.ts'
import type { GoldenValue } from '../golden/types.ts'

/** Makes a text alike with either dtype in it: PyTorch leaves out int64, which is its default. */
export const withoutWidth = (text: string): string =>
  text
    .replace(/, dtype=torch\.int(32|64)\b/g, '')
    .replace(/\btorch\.int64\b/g, 'torch.int32')
    .replace(/\bLong(Tensor)?\b/g, 'Int$1')

/** The same for all texts in what a program leaves. */
export function withoutWidths(value: HostValue): HostValue {
  if (typeof value === 'string') return withoutWidth(value)
  if (typeof value !== 'object' || value === null || isHostTensor(value)) return value
  if (isHostList(value)) return value.map(withoutWidths)
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withoutWidths(member)]),
  )
}

/** The same for what was recorded. */
export function recordedWithoutWidths(value: GoldenValue): GoldenValue {
  switch (value.t) {
    case 'str':
      return { ...value, v: withoutWidth(value.v) }
    case 'dtype':
      return value.v === 'int64' ? { ...value, v: 'int32' } : value
    case 'list':
    case 'tuple':
      return { ...value, v: value.v.map(recordedWithoutWidths) }
    case 'dict':
      return {
        ...value,
        v: Object.fromEntries(
          Object.entries(value.v).map(([name, member]) => [name, recordedWithoutWidths(member)]),
        ),
      }
    default:
      return value
  }
}
