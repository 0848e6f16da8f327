import { expect, test } from 'vitest'
import { decodeFloat, decodeInt, decodeTensor } from '../../src/compare/decode.ts'
import type { HostValue } from '../../src/compare/host.ts'
import { compareValues } from '../../src/compare/values.ts'
import type { GoldenValue } from '../../src/golden/types.ts'
import { shippedGolden } from '../../src/node.ts'

/** A recorded result as a library would return it. */
function asReturned(value: GoldenValue): HostValue {
  switch (value.t) {
    case 'tensor':
      return decodeTensor(value)
    case 'float':
      return decodeFloat(value.v)
    case 'int':
      return decodeInt(value.v)
    case 'none':
      return null
    case 'list':
    case 'tuple':
      return value.v.map(asReturned)
    case 'dict':
      return Object.fromEntries(
        Object.entries(value.v).map(([name, member]) => [name, asReturned(member)]),
      )
    case 'slice':
    case 'ellipsis':
      throw new TypeError(value.t)
    default:
      return value.v
  }
}

test('every recorded result equals itself to the last bit', async () => {
  const golden = await shippedGolden()
  const exactly = { tolerance: { rtol: 0, atol: 0 }, signedZero: true }
  let compared = 0
  const check = (id: string, value: GoldenValue) => {
    const { ok, message, ulp } = compareValues(asReturned(value), value, exactly)
    if (!ok || (ulp ?? 0) > 0) expect.fail(`${id}: ${message}`)
    compared++
  }
  for (const op of golden.ops)
    for (const { id, out } of (await golden.op(op)).cases) check(`${op}/${id}`, out)
  for (const theme of golden.programs) {
    for (const program of (await golden.program(theme)).cases) {
      if (program.kind === 'script') check(program.id, { t: 'dict', v: program.expect })
      else if ('out' in program && program.out) check(program.id, program.out)
    }
  }
  expect(compared).toBeGreaterThan(4000)
})
