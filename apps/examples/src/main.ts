import { readOptions } from './options.ts'

const { names, options, browser } = readOptions(process.argv.slice(2))
try {
  if (browser) {
    const { runInChromium } = await import('./browser/launch.ts')
    await runInChromium(names, options)
  } else {
    const { runExamples } = await import('./examples.ts')
    await runExamples(names, options)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
