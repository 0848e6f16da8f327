import { beforeAll, describe, expect, it } from 'vitest'
import { typeErrors } from '../src/blocks/compile.ts'
import { writeModules } from '../src/blocks/modules.ts'
import { allBlocks } from '../src/pages.ts'

/** A file that lies where no block is written to: two folders deep in a package. */
const elsewhere = 'CONTRIBUTING.md'

const modules = writeModules(allBlocks(), 'types').filter(
  ({ block, place, source }) =>
    place !== 'excerpt' && source.endsWith('.ts') && block.page !== elsewhere,
)
let errors: Map<string, string[]>
beforeAll(() => {
  errors = typeErrors(modules)
})

describe('types of code on pages', () => {
  it.each(modules)('$name is taken by the compiler', ({ name }) => {
    expect(errors.get(name)).toEqual([])
  })
})
