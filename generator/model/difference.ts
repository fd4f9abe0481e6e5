/** How a file in a folder differs from the one a render would write there. */
export interface Difference {
  readonly path: string;
  readonly kind: 'new' | 'changed' | 'removed';
  /** A unified diff; one line where the content is no text, or a secret. */
  readonly patch: string;
}
