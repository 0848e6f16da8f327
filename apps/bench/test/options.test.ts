import { describe, expect, it } from 'vitest'
import { readOptions, UsageError } from '../src/options.ts'

describe('options', () => {
  it('have defaults', () => {
    const options = readOptions(['--suite', 'kernels'])
    expect(options.suite).toBe('kernels')
    expect(options.only).toEqual([])
    expect(options.measure.rounds).toBeGreaterThanOrEqual(7)
    expect(options.isolated).toBe(true)
  })

  it('are read from the command line', () => {
    const line = '--suite size --only a* --only b --rounds 3 --sample 2.5 --json f --isolated no'
    const options = readOptions(line.split(' '))
    expect(options).toMatchObject({ suite: 'size', only: ['a*', 'b'], json: 'f', isolated: false })
    expect(options.measure).toMatchObject({ rounds: 3, sample: 2.5 })
  })

  it.each([
    [[], 'no suite was named'],
    [['--suite', 'all'], "there is no suite 'all'"],
    [['--suite', 'size', '--rounds', 'many'], "--rounds takes a positive number, not 'many'"],
    [['--suite', 'size', '--fast'], "Unknown option '--fast'"],
  ])('%j is a mistake', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError)
    expect(() => readOptions(args)).toThrow(message)
  })
})
