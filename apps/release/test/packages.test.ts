import { describe, expect, inject, it } from 'vitest'
import { checkTypes, lint } from '../src/check.ts'
import { publicPackages } from '../src/packages.ts'

const tarballs = inject('tarballs')

describe.each(publicPackages)('the tarball of $name', ({ name }) => {
  it('pleases publint', async () => {
    expect(await lint(tarballs[name])).toEqual([])
  })

  it('has types that are right', async () => {
    expect(await checkTypes(tarballs[name])).toEqual([])
  })
})
