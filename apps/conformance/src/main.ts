import { createBrowserJob, createJob, runCli } from '@sconce/conformance/node'

/** The stock backends, loaded when they are asked for. */
const modules = Object.fromEntries(
  ['cpu', 'wasm', 'webgl'].map((name) => [name, import.meta.resolve(`@sconce/backend-${name}`)]),
)

/** The system's browser, with a GPU made of software where there is no other. */
const browser = {
  executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--ignore-gpu-blocklist',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ],
}

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  progress: process.stderr,
  createJob: (options) =>
    options.browser ? createBrowserJob(options, modules, browser) : createJob(options, modules),
})
