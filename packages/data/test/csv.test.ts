import '@sconce/backend-cpu'
import { describe, expect, it } from 'vitest'
import { parseCsv } from '../src/csv.ts'

const text = 'species,mass,"note, free"\nAdelie,3750,"a ""b"""\nGentoo,NA,\nChinstrap,1e3,x\n'

describe('parseCsv', () => {
  const table = parseCsv(text)

  it('has columns of text, numbers and categories', () => {
    expect(table.names).toEqual(['species', 'mass', 'note, free'])
    expect(table.length).toBe(3)
    expect(table.column('note, free')).toEqual(['a "b"', '', 'x'])
    expect([...table.numbers('mass')]).toEqual([3750, Number.NaN, 1000])
    const { codes, levels } = table.categories('species')
    expect([...codes]).toEqual([0, 2, 1])
    expect(levels).toEqual(['Adelie', 'Chinstrap', 'Gentoo'])
    expect([...table.categories('note, free', ['x', 'a "b"']).codes]).toEqual([1, -1, 0])
  })

  it('leaves rows out', () => {
    expect(table.dropMissing(['mass']).column('species')).toEqual(['Adelie', 'Chinstrap'])
    expect(table.dropMissing().length).toBe(2)
    expect(table.filter((row) => row.species === 'Gentoo').column('mass')).toEqual(['NA'])
  })

  it('makes tensors', () => {
    const numbers = parseCsv('1;2\n3;4.5\n', { header: false })
    expect(numbers.names).toEqual(['0', '1'])
    const t = numbers.tensor(['1', '0'])
    expect([t.dtype, t.toArray()]).toEqual([
      'float32',
      [
        [2, 1],
        [4.5, 3],
      ],
    ])
    expect(numbers.tensor(['0'], { dtype: 'int64' }).dtype).toBe('int64')
  })

  it('reads one column, comments, other delimiters', () => {
    expect(parseCsv('a\n1\n2\n').column('a')).toEqual(['1', '2'])
    const piped = parseCsv('# by hand\na|b\n1|2\n', { delimiter: '|', comments: '#' })
    expect(piped.column('b')).toEqual(['2'])
    expect(parseCsv('').length).toBe(0)
  })

  it('says where a file is wrong', () => {
    expect(() => table.column('weight')).toThrow(
      "no column 'weight'; there are species, mass, note, free",
    )
    expect(() => table.numbers('species')).toThrow(
      "column 'species', row 0: 'Adelie' is not a number",
    )
    expect(() => table.categories('species', ['Adelie'])).toThrow(
      "column 'species', row 1: 'Gentoo' is none of Adelie",
    )
    expect(() => parseCsv('a,b\n1,2\n3\n')).toThrow('CSV, row 2: 1 fields instead of 2')
    expect(() => parseCsv('a,b\n1,"2\n')).toThrow(/CSV, row \d+: Quoted field unterminated/)
  })
})
