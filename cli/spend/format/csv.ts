/** Rows with the same fields as CSV text, the names of the fields first. */
export function csv(headings: readonly string[], rows: readonly Readonly<Record<string, string | number>>[]): string {
  const lines = [headings, ...rows.map((row) => headings.map((heading) => cell(row[heading] ?? '')))];
  return lines.map((cells) => cells.join(',')).join('\n');
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // A spreadsheet takes text that begins like this for a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
