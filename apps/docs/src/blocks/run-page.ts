/**
 * Runs modules one after the other in this process, the blocks of a page, and prints what became of each as
 * JSON: null, or the error. `node run-page.ts FILE…`; begins each with the default device cpu.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import '@sconce/backend-cpu'
import { setDefaultDevice } from '@sconce/core'

const folder = mkdtempSync(join(tmpdir(), 'sconce-page-'))
process.chdir(folder)
// What blocks print is for their readers.
console.log = () => undefined

const outcomes: (string | null)[] = []
for (const file of process.argv.slice(2)) {
  setDefaultDevice('cpu')
  try {
    await import(pathToFileURL(file).href)
    outcomes.push(null)
  } catch (error) {
    outcomes.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }
}
process.chdir(tmpdir())
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`\n${JSON.stringify(outcomes)}\n`)
process.exit(0)
