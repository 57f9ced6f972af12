/**
 * A report in its sentences, with each pair of brackets between them by itself: what a network said stands in brackets
 * and may hold sentences of its own.
 */
export function piecesOf(report: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < report.length; at += 1) {
    const sign = report[at]!;
    if (sign === '(') depth += 1;
    if (sign === ')') depth = Math.max(0, depth - 1);
    if (depth > 0 || !ENDS.test(sign) || !BEGINS.test(report.slice(at + 1, at + 3))) continue;
    if (sign === ')' && report[from] !== '(') continue; // brackets within a sentence
    pieces.push(report.slice(from, at + 1));
    from = at + 2;
  }
  if (from < report.length) pieces.push(report.slice(from));
  return pieces;
}

const ENDS = /[.!?)]/;
const BEGINS = /^\s[\p{Lu}\p{Lo}\d"“«(@]/u;
