import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { registeredBackends } from 'sconce'
import { describe, expect, it } from 'vitest'
import { readmeFile, summaryFile } from '../src/all/everything.ts'
import { generatedPart, withGeneratedPart } from '../src/all/readme.ts'
import { type Summary, summaryTable } from '../src/all/summary.ts'
import { targetsOf } from '../src/all/targets.ts'
import { outsiders, stock } from '../src/repository.ts'

const names = registeredBackends()
  .map(({ name }) => name)
  .reverse()

const runs = ({ name, place }: { name: string; place: string }) => `${name} in ${place}`

describe('what is run', () => {
  it('is every registered backend, wherever it says that it can run', async () => {
    const { targets, skipped } = await targetsOf(names, [])
    expect(targets.map(runs)).toEqual([
      'cpu in Node',
      'cpu in Chromium',
      'wasm, 1 thread in Node',
      'wasm, 1 thread in Chromium',
      'wasm, 2 threads in Node',
      'wasm, 2 threads in Chromium',
      'webgl in Chromium',
    ])
    expect(skipped).toEqual([
      {
        name: 'webgl',
        place: 'Node',
        reason:
          'there is no canvas in this environment ' +
          '(use WebGL in a browser, in a window or in a worker with OffscreenCanvas)',
      },
    ])
    expect(targets.every(({ backend }) => backend in stock || existsSync(backend))).toBe(true)
  })

  it('includes the backends of the examples', async () => {
    const outside = outsiders()
    const { targets } = await targetsOf([], outside)
    expect(targets.filter(({ place }) => place === 'Chromium').map(({ name }) => name)).toEqual(
      outside.map(({ name }) => name),
    )
  })
})

describe('the README', () => {
  it('has the table that the recorded summary makes', async () => {
    const summary: Summary = JSON.parse(await readFile(summaryFile, 'utf8'))
    expect(generatedPart(await readFile(readmeFile, 'utf8'))).toBe(summaryTable(summary))
    const rows = summary.rows.map(({ backend, where }) => `${backend} in ${where}`)
    const { targets, skipped } = await targetsOf(names, [])
    expect([...rows, ...summary.skipped.map(runs)]).toEqual(
      expect.arrayContaining([...targets, ...skipped].map(runs)),
    )
  })

  it('must have the markers', () => {
    expect(() => withGeneratedPart('# Sconce', 'table')).toThrow('<!-- conformance: begin -->')
    expect(() => generatedPart('<!-- conformance: end --> <!-- conformance: begin -->')).toThrow()
  })
})
