#!/usr/bin/env node
/** `npx sconce-conformance ./my-backend.js`: the command for backends that live anywhere. */
import { createBrowserJob, createJob, runCli } from './node.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  progress: process.stderr,
  createJob: (options) =>
    options.browser ? createBrowserJob(options, {}) : createJob(options, {}),
})
