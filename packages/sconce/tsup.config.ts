import { library } from '../../tsup.shared.ts'

export default library({ entry: { index: 'src/index.ts', bin: 'src/bin.ts' } })
