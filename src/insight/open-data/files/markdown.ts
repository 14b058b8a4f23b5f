/** Text as Markdown shows it literally, on one line (CommonMark § 2.4). */
export function literally(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|#&~]/g, '\\$&');
}

/**
 * A table in the Markdown of GitHub (GFM § 4.10).
 *
 * @param header and rows of cells that are Markdown already
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
