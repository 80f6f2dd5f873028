export type * from './generated'
export { VERSION } from './generated'
export * from './socket'
export * from './reconnect'
