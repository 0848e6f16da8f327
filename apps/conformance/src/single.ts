import { createBrowserJob, createJob, runCli } from '@sconce/conformance/node'
import { stock } from './repository.ts'

/** The system's browser, with a GPU made of software where there is no other. */
const browser = {
  executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--ignore-gpu-blocklist',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
  ],
}

/** The kit over one backend, as its own command does it, with names for the stock backends. */
export const runSingle = (args: readonly string[]): Promise<number> =>
  runCli(args, {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    progress: process.stderr,
    createJob: (options) =>
      options.browser ? createBrowserJob(options, stock, browser) : createJob(options, stock),
  })
