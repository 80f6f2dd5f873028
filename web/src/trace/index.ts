export * from './trace'
export * from './journey'
export * from './items'
