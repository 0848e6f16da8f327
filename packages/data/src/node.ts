/** Files and threads of Node. */
export { readCsv, readImage, writePng } from './node/files.ts'
export { ImageFolder, type ImageFolderOptions } from './node/image-folder.ts'
export { type ThreadOptions, threadWorkers } from './node/threads.ts'
