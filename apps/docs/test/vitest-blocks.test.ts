/** Code on pages that is for files of tests: it is one here. */
import { expect, it } from 'vitest'
import { writeModules } from '../src/blocks/modules.ts'
import { allBlocks } from '../src/pages.ts'

const modules = writeModules(allBlocks(), 'vitest').filter(({ place }) => place === 'vitest')

it('is there', () => {
  expect(modules.length).toBeGreaterThan(0)
})

for (const { file } of modules) await import(/* @vite-ignore */ file)
