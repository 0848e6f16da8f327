import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { build } from '../../../../scripts/prepare.mjs'
import { installConsumer } from '../../src/install.ts'
import { pack, type Tarballs } from '../../src/pack.ts'

declare module 'vitest' {
  interface ProvidedContext {
    tarballs: Tarballs
    /** A project outside of the workspace in which the tarballs are installed. */
    consumer: string
  }
}

/** Builds what has changed, packs and installs, once for all files of tests. */
export default async function setup(project: TestProject): Promise<() => void> {
  if (!build({ quiet: true })) throw new Error('the packages could not be built')
  const folder = mkdtempSync(join(tmpdir(), 'sconce-release-'))
  const tarballs = await pack(folder)
  const consumer = join(folder, 'consumer')
  await installConsumer(consumer, tarballs)
  project.provide('tarballs', tarballs)
  project.provide('consumer', consumer)
  return () => rmSync(folder, { recursive: true, force: true })
}
