/** What a part of the torture counted, by name. */
export type Figures = Readonly<Record<string, number>>;
