import { readFileSync } from 'node:fs'
import * as attw from '@arethetypeswrong/core'
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/** What publint has to say about a tarball. */
export async function lint(tarball: string): Promise<string[]> {
  const bytes = readFileSync(tarball)
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true })
  return messages.map((message) => formatMessage(message, pkg) ?? message.code)
}

/** How a user of ES modules finds types. CommonJS and TypeScript before `exports` are not supported. */
const resolutions = ['node16-esm', 'bundler'] as const

/** What is wrong with the types of a tarball, by are-the-types-wrong. */
export async function checkTypes(tarball: string): Promise<string[]> {
  const packed = attw.createPackageFromTarballData(new Uint8Array(readFileSync(tarball)))
  const analysis = await attw.checkPackage(packed)
  if (!analysis.types) return ['no types']
  return analysis.problems
    .filter((problem) =>
      resolutions.some((kind) => problemAffectsResolutionKind(problem, kind, analysis)),
    )
    .map((problem) => JSON.stringify(problem))
}
