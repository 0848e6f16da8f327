import { describe, expect, it } from 'vitest'
import { readOptions } from '../src/options.ts'

describe('the command line', () => {
  it('asks for everything unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      ...{ backends: ['cpu', 'wasm', 'webgl'], programs: ['perceptron', 'digits'] },
      ...{ loops: ['in one piece', 'yielding'], browser: false },
    })
  })

  it('chooses', () => {
    const args = '--backend wasm --program digits --steps 5 --budget 2 --json a --svg b --browser'
    expect(readOptions([...args.split(' '), '--yield'])).toEqual({
      ...{ backends: ['wasm'], programs: ['digits'], loops: ['yielding'], browser: true },
      ...{ steps: 5, budget: 2 ** 21, json: 'a', svg: 'b' },
    })
    expect(readOptions(['--no-yield']).loops).toEqual(['in one piece'])
  })

  it.each([
    [['--backend', 'tpu'], "--backend takes cpu, wasm, webgl, not 'tpu'"],
    [['--program', 'x'], "--program takes perceptron, digits, not 'x'"],
    [['--steps', '0'], "--steps takes a positive number, not '0'"],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })
})
