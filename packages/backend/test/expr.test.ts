import { describe, expect, it } from 'vitest'
import {
  acc,
  binaryOps,
  constant,
  type DType,
  dtypes,
  Expr,
  fromData,
  index,
  input,
  load,
  print,
  scalar,
  substitute,
  unaryOps,
  visit,
} from '../src/index.ts'

const x = input(0, 'float32')
const y = input(1, 'float32')

describe('expressions', () => {
  it('of the same structure are the same object', () => {
    expect(x.add(y).tanh()).toBe(input(0, 'float32').add(input(1, 'float32')).tanh())
    expect(x.add(y)).not.toBe(y.add(x))
    expect(input(0, 'float32')).not.toBe(input(0, 'float64'))
    expect(scalar(0, 'float32')).not.toBe(input(0, 'float32'))
    expect(x.add(y).id).not.toBe(x.sub(y).id)
  })

  it('tell literals apart by their bits', () => {
    expect(constant(0, 'float32')).not.toBe(constant(-0, 'float32'))
    expect(constant(Number.NaN, 'float32')).toBe(constant(Number.NaN, 'float32'))
    expect(Object.is(constant(-0, 'float64').value, -0)).toBe(true)
  })

  it('are immutable', () => {
    expect(Object.isFrozen(x)).toBe(true)
    expect(Object.isFrozen(x.add(y).args)).toBe(true)
  })

  it('have a method for each op of the table', () => {
    for (const op of [...Object.keys(unaryOps), ...Object.keys(binaryOps)]) {
      expect(op in Expr.prototype).toBe(true)
    }
    expect(x.mul(2).args[1]).toBe(constant(2, 'float32'))
    expect(x.lt(y).dtype).toBe('bool')
    expect(x.isnan().dtype).toBe('bool')
  })

  it('check dtypes', () => {
    expect(() => x.add(input(1, 'float64'))).toThrow('add: float32 and float64 differ')
    expect(() => x.and(y)).toThrow('and: not defined on float32')
    expect(() => input(0, 'int32').exp()).toThrow('exp: not defined on int32')
    expect(() => input(0, 'float16').neg()).toThrow('neg: not defined on float16')
    expect(() => input(0, 'bool').add(true)).toThrow('add: not defined on bool')
    expect(() => x.where(x, y)).toThrow('where: condition is float32, not bool')
    expect(() => x.lt(y).where(1, 2)).toThrow('where: one branch must be an expression')
    expect(() => x.lt(y).where(x, index(0))).toThrow('where: branches are float32 and int32')
    expect(() => load(0, 'float32', [x])).toThrow('load: a coordinate is float32, not int32')
    expect(() => input(0, 'uint8').bitcast()).toThrow('bitcast: no type of the same width as uint8')
  })

  it('simplify what is no operation', () => {
    expect(x.cast('float32')).toBe(x)
    expect(x.lt(y).where(x, x)).toBe(x)
    expect(constant(2.75, 'float32').cast('int32')).toBe(constant(2, 'int32'))
    expect(constant(2.75, 'float32').cast('bool')).toBe(constant(true, 'bool'))
  })

  it('cast and reinterpret', () => {
    expect(x.cast('int64').dtype).toBe('int64')
    const pairs: [DType, DType][] = [
      ['float32', 'int32'],
      ['int32', 'float32'],
      ['float64', 'int64'],
      ['int64', 'float64'],
    ]
    for (const [from, to] of pairs) {
      expect(input(0, from).bitcast().dtype).toBe(to)
      expect(dtypes[from].size).toBe(dtypes[to].size)
    }
  })

  it('are visited once a node, arguments first', () => {
    const shared = x.exp()
    const seen: Expr[] = []
    visit([shared.mul(shared).add(y)], (node) => seen.push(node))
    expect(seen).toEqual([x, shared, shared.mul(shared), y, shared.mul(shared).add(y)])
  })

  it('are rebuilt by substitution, keeping what does not change', () => {
    const z = x.exp().add(y.exp())
    expect(substitute(z, (node) => (node === x ? y : undefined))).toBe(y.exp().add(y.exp()))
    expect(substitute(z, () => undefined)).toBe(z)
    const fused = substitute(acc(0, 'float32').max(0), (n) => (n.op === 'acc' ? x : undefined))
    expect(fused).toBe(x.max(0))
  })

  it('print', () => {
    const value = x.lt(scalar(0, 'float32')).where(load(1, 'int32', [index(0)]).cast('float32'), -0)
    expect(print(value)).toBe('where(lt(in0, s0), float32(in1[i0]), -0)')
    expect(`${constant(true, 'bool')} ${acc(1, 'int32')}`).toBe('true acc1')
  })

  it('come back from plain data', () => {
    const value = x
      .add(scalar(1, 'float32'))
      .lt(0)
      .where(x, load(1, 'float32', [index(2)]))
    expect(fromData(JSON.parse(JSON.stringify(value)))).toBe(value)
    expect(() => fromData({ ...JSON.parse(JSON.stringify(x)), dtype: 'float8' })).toThrow(
      'unknown dtype float8',
    )
  })
})
