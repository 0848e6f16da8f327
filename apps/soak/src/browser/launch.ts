import { chromium } from 'playwright'
import type { Plan, Trial } from '../trial.ts'
import type {} from './page.ts'
import { type Reading, readingAt, watchResident } from './resident.ts'
import { serve } from './site.ts'

const flags = [
  '--no-sandbox',
  '--ignore-gpu-blocklist',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // Else the heap is told in coarse steps, and seldom.
  '--enable-precise-memory-info',
]

/** Milliseconds that the page may take to load, on a machine that is busy otherwise. */
const PATIENCE = 300_000

/** Milliseconds between looks at the browser's processes. */
const INTERVAL = 500

/** The trial with what the browser held beside what the page could see. */
const withResident = (trial: Trial, readings: readonly Reading[]): Trial => ({
  ...trial,
  outcome: {
    ...trial.outcome,
    samples: trial.outcome.samples.map((sample) => ({
      ...sample,
      resident: readingAt(readings, sample.time),
    })),
  },
})

/** Soaks in a page of Chromium. */
export async function soakInChromium(plan: Plan): Promise<Trial[]> {
  const site = await serve()
  const server = await chromium.launchServer({
    executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
  })
  try {
    const browser = await chromium.connect(server.wsEndpoint())
    const page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE)
    await page.goto(site.url)
    await page.waitForFunction(() => 'soak' in window)
    const watch = watchResident(server.process().pid ?? 0, INTERVAL)
    try {
      const trials = await page.evaluate((what) => window.soak(what), plan)
      const readings = await watch.stop()
      return trials.map((trial) => withResident(trial, readings))
    } finally {
      await watch.stop()
    }
  } finally {
    await server.close()
    await site.close()
  }
}
