/** A table of a Markdown page: its heading, and rows by column name. */
export interface Table {
  heading: string;
  rows: Record<string, string>[];
}

/** Every table under a heading of the second level. Cells are one line and hold no bar; backticks are for people. */
export function tablesOf(page: string): Table[] {
  const sections = page.split(/^## /m).slice(1);
  return sections.flatMap((section) => {
    const [heading = '', ...lines] = section.split('\n');
    const [head, , ...body] = lines.filter((line) => line.startsWith('|')).map(cellsOf);
    if (!head) return [];
    const rows = body.map((cells) => {
      if (cells.length !== head.length)
        throw new Error(`A row of "${heading}" has ${cells.length} cells, not ${head.length}: ${cells.join(' | ')}`);
      return Object.fromEntries(head.map((name, i) => [name, cells[i]!]));
    });
    return [{ heading: heading.trim(), rows }];
  });
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
