/** What stops a render: a text that its target cannot carry, or a view that lacks what its template places. */

/** A quoting helper's no. */
export class TextRefused extends Error {
  constructor(
    message: string,
    /** The text that was to be placed. */
    readonly text: string,
  ) {
    super(`${message}: ${JSON.stringify(text)}`);
    this.name = 'TextRefused';
  }
}

export class TemplateFailed extends Error {
  constructor(
    readonly template: string,
    override readonly cause: Error,
  ) {
    super(`the template ${template} cannot be filled: ${cause.message}`);
    this.name = 'TemplateFailed';
  }

  /** The text that was refused; undefined where it is the template or its view that is wrong. */
  get text(): string | undefined {
    return this.cause instanceof TextRefused ? this.cause.text : undefined;
  }
}
