import { library } from '../../tsup.shared.ts'

export default library({
  entry: { index: 'src/index.ts', reference: 'src/reference/index.ts' },
})
