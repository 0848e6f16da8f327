import { join } from 'node:path'
import ts from 'typescript'
import { outside, root } from '../pages.ts'
import type { BlockModule } from './modules.ts'

/** The compiler's options of the repository, on blocks that are strict about everything but unused names. */
function options(): ts.CompilerOptions {
  const file = join(root, 'tsconfig.base.json')
  const { config } = ts.readConfigFile(file, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return {
    ...options,
    ...{ noUnusedLocals: false, noUnusedParameters: false },
    // Hidden code may import sources by their absolute path.
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    paths: Object.fromEntries([
      ['@sconce/backend', [join(root, 'packages/backend/src/index.ts')]],
      ...Object.entries(outside).map(([name, file]) => [name, [join(root, file)]]),
    ]),
    typeRoots: [join(root, 'node_modules/@types')],
  }
}

/** What the compiler says about blocks, as they are written; by the name of the block. */
export function typeErrors(blocks: readonly BlockModule[]): Map<string, string[]> {
  const scripts = blocks.filter(({ source }) => source.endsWith('.ts'))
  const program = ts.createProgram(
    scripts.map(({ source }) => source),
    options(),
  )
  return new Map(
    scripts.map(({ name, source }) => {
      const file = program.getSourceFile(source)
      const found = file
        ? [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
        : []
      return [
        name,
        found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
      ]
    }),
  )
}
