/** A JSON Schema (draft-07) fragment. */
export type JsonSchema = { readonly [key: string]: unknown };
