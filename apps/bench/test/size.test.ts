import type { Metafile } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { loadedOutputs } from '../src/size/measure-size.ts'

type Output = Metafile['outputs'][string]

const output = (
  imports: [string, 'import-statement' | 'dynamic-import'][],
  entryPoint?: string,
): Output => ({
  bytes: 1,
  exports: [],
  inputs: {},
  imports: imports.map(([path, kind]) => ({ path, kind })),
  ...(entryPoint === undefined ? {} : { entryPoint }),
})

describe('what a program loads', () => {
  const outputs: Metafile['outputs'] = {
    'program.js': output(
      [
        ['shared.js', 'import-statement'],
        ['one.js', 'dynamic-import'],
        ['two.js', 'dynamic-import'],
      ],
      'src/program.ts',
    ),
    'shared.js': output([]),
    'one.js': output([['deep.js', 'import-statement']], 'packages/backend-one/src/index.ts'),
    'two.js': output([['shared.js', 'import-statement']], 'packages/backend-two/src/index.ts'),
    'deep.js': output([['program.js', 'import-statement']]),
  }

  it('is what it imports', () => {
    expect(loadedOutputs(outputs, 'src/program.ts', undefined)).toEqual(['program.js', 'shared.js'])
  })

  it('and of what it may load the part that is wanted, with what that imports', () => {
    expect(loadedOutputs(outputs, 'src/program.ts', /backend-one/)).toEqual([
      'program.js',
      'shared.js',
      'one.js',
      'deep.js',
    ])
  })
})
