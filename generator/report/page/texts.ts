/** Texts that several places of a report share, each kept once. */
export class Texts {
  readonly #index = new Map<string, number>();

  add(text: string): number {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    this.#index.set(text, this.#index.size);
    return this.#index.size - 1;
  }

  get all(): readonly string[] {
    return [...this.#index.keys()];
  }
}
