/** Annotations: workflow commands of GitHub Actions. */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** Relative to the repository; left out where the message is about none. */
  readonly file?: string;
  /** 1-based; 0 where no place is known. */
  readonly line?: number;
  readonly column?: number;
  readonly title: string;
  readonly message: string;
}

/** They have escapes of their own for %, line breaks, and in properties , and :. */
export function annotation({ level, file, line = 0, column = 0, title, message }: Annotation): string {
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(line > 0 ? [`line=${line}`] : []),
    ...(line > 0 && column > 0 ? [`col=${column}`] : []),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${data(message)}\n`;
}
