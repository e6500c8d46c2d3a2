/** Requests and answers of the HTTP API: one schema each, from which types, validation and OpenAPI are made. */

export * from './admin';
export * from './configure';
export { displayName, dollars, id, keyStateSchema, perMinute, scopeSchema } from './fields';
export * from './keys';
export * from './problem';
export * from './reconcile';
export * from './spend';
