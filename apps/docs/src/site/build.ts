import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Application,
  Converter,
  type DeclarationReflection,
  LogLevel,
  ReflectionKind,
  type TypeDocOptions,
} from 'typedoc'
import { fromRoot, pages, root } from '../pages.ts'
import { entryPoints } from './entries.ts'

/** Where the site is made. */
export const siteFolder = join(root, 'apps/docs/dist')

/** Pages that are guides, in the order in which they are read. */
const guides = [
  'start-here',
  'coming-from-pytorch',
  'choosing-a-backend',
  'memory',
  'numerics',
  'security',
  'content-security-policy',
  'writing-a-backend',
  'conformance-levels',
  'when-one-machine-is-not-enough',
  'ops',
].map((name) => `docs/${name}.md`)

const readmes = pages.filter((page) => /^(packages|apps|examples)\//.test(page))

const { version }: { version: string } = JSON.parse(
  readFileSync(join(root, 'packages/sconce/package.json'), 'utf8'),
)

const options: TypeDocOptions = {
  name: `Sconce ${version}`,
  tsconfig: join(root, 'tsconfig.json'),
  basePath: root,
  entryPoints: Object.values(entryPoints),
  projectDocuments: [...guides, ...readmes, 'CONTRIBUTING.md']
    .map((page) => join(root, page))
    .filter(existsSync),
  readme: join(root, 'README.md'),
  // The types are checked by `npm test`.
  skipErrorChecking: true,
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  disableGit: true,
  disableSources: true,
  hideGenerator: true,
  searchInDocuments: true,
  includeHierarchySummary: false,
  plugin: [],
  sort: ['kind', 'alphabetical'],
  sortEntryPoints: false,
  highlightLanguages: ['ts', 'js', 'sh', 'json', 'python', 'html', 'http'],
  validation: { notExported: false, invalidLink: true, invalidPath: true, rewrittenLink: true },
  logLevel: LogLevel.Warn,
}

/** Modules are named as they are imported. */
function nameModules(application: Application): void {
  const names = new Map(Object.entries(entryPoints).map(([name, file]) => [file, name]))
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const symbol = project.getSymbolIdFromReflection(module)
      const name = symbol && names.get(join(root, fromRoot(symbol.fileName)))
      if (name) module.name = name
    }
  })
}

/** Functions and classes of the entry points that no comment says anything about. */
function undocumented(declarations: readonly DeclarationReflection[]): string[] {
  return declarations
    .filter((declaration) =>
      declaration.kindOf([ReflectionKind.Function, ReflectionKind.Class, ReflectionKind.Interface]),
    )
    .filter((declaration) => {
      const signatures = declaration.signatures ?? []
      return !declaration.hasComment() && !signatures.some((signature) => signature.hasComment())
    })
    .map((declaration) => declaration.getFullName())
}

/** What became of a build: what is wrong, and which functions have no comment. */
export interface Findings {
  readonly warnings: number
  readonly undocumented: readonly string[]
}

/** Makes the site into a folder. */
export async function makeSite(folder: string): Promise<Findings> {
  const application = await Application.bootstrap(options)
  nameModules(application)
  const project = await application.convert()
  if (!project) throw new Error('the sources could not be read')
  application.validate(project)
  await application.generateDocs(project, folder)
  const { warningCount, errorCount } = application.logger
  const declarations = project.getReflectionsByKind(
    ReflectionKind.SomeExport,
  ) as DeclarationReflection[]
  return { warnings: warningCount + errorCount, undocumented: undocumented(declarations) }
}

/** `npm run docs`: makes the site; the exit status is 0 only if nothing is wrong with it. */
export async function buildSite(): Promise<number> {
  const { warnings, undocumented } = await makeSite(siteFolder)
  for (const name of undocumented) console.error(`no comment: ${name}`)
  console.log(`${fromRoot(siteFolder)}/index.html`)
  return warnings + undocumented.length > 0 ? 1 : 0
}
