export * from './trace'
export * from './journey'
