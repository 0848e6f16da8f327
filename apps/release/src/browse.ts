import { type Browser, chromium } from 'playwright'
import { serve } from './serve.ts'

/** The browser of the tests: the system's. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  })

/**
 * Serves a folder with the given headers, opens it, and returns what the page leaves in `window.outcome`:
 * JSON, or an error, which is thrown.
 */
export async function outcomeOf<T>(
  browser: Browser,
  folder: string,
  headers?: Record<string, string>,
): Promise<T> {
  const site = await serve(folder, headers)
  const tab = await browser.newPage()
  try {
    const errors: string[] = []
    tab.on('pageerror', (error) => errors.push(error.message))
    await tab.goto(site.url)
    await tab
      .waitForFunction(() => 'outcome' in window, undefined, { timeout: 240_000 })
      .catch((error) => {
        throw new Error(`the page does not end: ${errors.join('; ')}`, { cause: error })
      })
    const { result, error } = JSON.parse(
      await tab.evaluate(() => String((window as { outcome?: unknown }).outcome)),
    )
    if (error !== undefined) throw new Error(`${error} ${errors.join('; ')}`)
    return result
  } finally {
    await tab.close()
    await site.close()
  }
}
