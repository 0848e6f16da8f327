import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, runInBrowser } from '../src/blocks/browser.ts'
import { writeModules } from '../src/blocks/modules.ts'
import { allBlocks } from '../src/pages.ts'

const modules = writeModules(allBlocks(), 'browser')
const files = modules.filter(({ place }) => place === 'file')

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

describe('code on pages that is for browsers', () => {
  it.each(modules.filter(({ place }) => place === 'browser'))(
    '$name runs in one',
    async (member) => {
      expect(await runInBrowser(browser, member, files)).toBe(null)
    },
  )
})
