import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Application,
  Comment,
  Converter,
  type DeclarationReflection,
  type DocumentReflection,
  LogLevel,
  type Reflection,
  ReflectionKind,
  type TypeDocOptions,
} from 'typedoc'
import { publicOps } from '../ops/names.ts'
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

/** What is not published has its pages in the repository only. */
const readmes = pages.filter((page) => page.startsWith('packages/'))

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
  highlightLanguages: ['ts', 'js', 'sh', 'json', 'python', 'html', 'http', 'nginx'],
  validation: { notExported: false, invalidLink: true, invalidPath: true, rewrittenLink: true },
  logLevel: LogLevel.Warn,
}

/** The first heading of a page. */
function titleOf({ content }: DocumentReflection): string | undefined {
  const text = content.map((part) => part.text).join('')
  return /^# (.+)$/m.exec(text)?.[1].replaceAll('`', '')
}

/** Modules are named as they are imported, pages by their headings. */
function nameModules(application: Application): void {
  const names = new Map(Object.entries(entryPoints).map(([name, file]) => [file, name]))
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const symbol = project.getSymbolIdFromReflection(module)
      const name = symbol?.fileName && names.get(join(root, fromRoot(symbol.fileName)))
      if (name) module.name = name
    }
    for (const document of project.getReflectionsByKind(ReflectionKind.Document)) {
      if (document.isDocument()) document.name = titleOf(document) ?? document.name
    }
  })
}

/**
 * The functions of the op table are made from schemas, where no comment can stand: what is known of them is
 * PyTorch's name and the schemas.
 */
function describeOps(application: Application): void {
  const ops = new Map(
    publicOps().flatMap((op) => [op.name, ...op.aliases].map((name) => [name, op] as const)),
  )
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const variable of project.getReflectionsByKind(ReflectionKind.Variable)) {
      const op = ops.get(variable.name)
      if (!op || variable.hasComment() || !isFromCore(variable)) continue
      const schemas = op.operations.map(({ schema }) => schema.text).join('\n')
      variable.comment = new Comment([
        { kind: 'text', text: `PyTorch's \`${op.pytorch}\`, as ` },
        { kind: 'text', text: `${op.forms.map((form) => `\`${form}\``).join(', ')}.\n\n` },
        { kind: 'code', text: `\`\`\`text\n${schemas}\n\`\`\`` },
      ])
    }
  })
}

const isFromCore = (reflection: Reflection): boolean =>
  reflection.project.getSymbolIdFromReflection(reflection)?.packageName === '@sconce/core'

/** Functions, classes and interfaces of the entry points that no comment says anything about. */
function withoutComment(declarations: readonly DeclarationReflection[]): string[] {
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
  describeOps(application)
  const project = await application.convert()
  if (!project) throw new Error('the sources could not be read')
  application.validate(project)
  await application.generateDocs(project, folder)
  const { warningCount, errorCount } = application.logger
  const declarations = project.getReflectionsByKind(
    ReflectionKind.SomeExport,
  ) as DeclarationReflection[]
  return { warnings: warningCount + errorCount, undocumented: withoutComment(declarations) }
}

/** `npm run docs`: makes the site; the exit status is 0 only if nothing is wrong with it. */
export async function buildSite(): Promise<number> {
  const { warnings, undocumented } = await makeSite(siteFolder)
  for (const name of undocumented) console.error(`no comment: ${name}`)
  console.log(`${fromRoot(siteFolder)}/index.html`)
  return warnings + undocumented.length > 0 ? 1 : 0
}
