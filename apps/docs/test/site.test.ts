import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Findings, makeSite } from '../src/site/build.ts'
import { deadLinks } from '../src/site/check-html.ts'
import { entryPoints } from '../src/site/entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'sconce-site-'))
afterAll(() => rmSync(folder, { recursive: true }))

let findings: Findings
beforeAll(async () => {
  findings = await makeSite(folder)
})

describe('the site', () => {
  it('is made without a warning', () => {
    expect(findings.warnings).toBe(0)
  })

  it('has a comment for every function, class and interface that can be imported', () => {
    expect(findings.undocumented).toEqual([])
  })

  it('has a page for every entry and every guide', () => {
    const modules = readFileSync(join(folder, 'modules.html'), 'utf8')
    for (const name of Object.keys(entryPoints)) expect(modules).toContain(name)
    expect(existsSync(join(folder, 'documents/Start_here.html'))).toBe(true)
  })

  it('says of the functions of the op table which they are of PyTorch', () => {
    expect(readFileSync(join(folder, 'variables/sconce.logSoftmax.html'), 'utf8')).toContain(
      'torch.log_softmax',
    )
  })

  it('has no dead links', () => {
    expect(deadLinks(folder)).toEqual([])
  })
})
