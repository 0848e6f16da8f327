import { library } from '../../tsup.shared.ts'

export default library({
  entry: { index: 'src/index.ts', bin: 'src/bin.ts' },
  external: [/^node:/, 'sconce'],
  // The command is a program: nobody imports it.
  dts: { entry: 'src/index.ts', compilerOptions: { customConditions: [] } },
})
