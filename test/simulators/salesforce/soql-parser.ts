import { caret, malformed, type Token, tokenize, unescape } from './soql-lexer';

export type Comparison = '=' | '!=' | '<' | '>' | '<=' | '>=' | 'like' | 'in' | 'not in';

export interface Literal {
  kind: 'string' | 'number' | 'boolean' | 'null' | 'date' | 'datetime';
  /** The literal's text; of a LIKE pattern with its `\%`, `\_` and `\\` still escaped. */
  text: string;
}

export interface FieldRef {
  /** Relationship names, then the field: `Account.Name` is ['Account', 'Name']. */
  path: string[];
  at: number;
}

export type Condition =
  | { kind: 'and' | 'or'; all: Condition[] }
  | { kind: 'not'; inner: Condition }
  | { kind: 'compare'; field: FieldRef; comparison: Comparison; values: Literal[] };

export interface Query {
  soql: string;
  count: boolean;
  fields: FieldRef[];
  /** Child sub-queries, whose `from` is a child relationship name. */
  children: Query[];
  from: string;
  where?: Condition;
  orderBy: { field: FieldRef; descending: boolean; nullsLast: boolean }[];
  limit?: number;
  offset: number;
}

/** One SELECT with parent fields, child sub-queries, COUNT(), WHERE, ORDER BY, LIMIT and OFFSET; the rest of SOQL is
 * refused as malformed. */
export function parseSoql(soql: string): Query {
  const parser = new Parser(soql);
  const query = parser.query(true);
  parser.expectEnd();
  return query;
}

const MAX_OFFSET = 2000;

class Parser {
  private readonly tokens: Token[];
  private position = 0;

  constructor(private readonly soql: string) {
    this.tokens = tokenize(soql);
  }

  query(top: boolean): Query {
    this.expectWord('SELECT');
    const query: Query = { soql: this.soql, count: false, fields: [], children: [], from: '', orderBy: [], offset: 0 };
    do this.selectItem(query, top);
    while (this.takeSymbol(','));
    this.expectWord('FROM');
    query.from = this.expect('word').text;
    if (this.takeWord('WHERE')) query.where = this.condition();
    if (this.takeWord('ORDER')) {
      this.expectWord('BY');
      do query.orderBy.push(this.orderItem());
      while (this.takeSymbol(','));
    }
    if (this.takeWord('LIMIT')) query.limit = Number(this.expect('number').text);
    if (this.takeWord('OFFSET')) query.offset = this.offset();
    return query;
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected();
  }

  private selectItem(query: Query, top: boolean): void {
    if (top && this.takeSymbol('(')) {
      query.children.push(this.query(false));
      this.expectSymbol(')');
      return;
    }
    const field = this.field();
    if (top && field.path.length === 1 && field.path[0]?.toLowerCase() === 'count' && this.takeSymbol('(')) {
      this.expectSymbol(')');
      query.count = true;
      return;
    }
    query.fields.push(field);
  }

  private orderItem(): Query['orderBy'][number] {
    const field = this.field();
    const descending = this.takeWord('DESC');
    if (!descending) this.takeWord('ASC');
    if (!this.takeWord('NULLS')) return { field, descending, nullsLast: false };
    if (this.takeWord('LAST')) return { field, descending, nullsLast: true };
    this.expectWord('FIRST');
    return { field, descending, nullsLast: false };
  }

  private offset(): number {
    const offset = Number(this.expect('number').text);
    if (offset > MAX_OFFSET) throw malformed(`Maximum SOQL offset allowed is ${MAX_OFFSET}`);
    return offset;
  }

  /** One kind of joint: AND beside OR without parentheses is left over, and refused by whoever expects the end. */
  private condition(): Condition {
    const first = this.negation();
    for (const kind of ['and', 'or'] as const) {
      if (!this.isWord(kind)) continue;
      const all = [first];
      while (this.takeWord(kind)) all.push(this.negation());
      return { kind, all };
    }
    return first;
  }

  private negation(): Condition {
    if (this.takeWord('NOT')) return { kind: 'not', inner: this.negation() };
    if (!this.takeSymbol('(')) return this.comparison();
    const inner = this.condition();
    this.expectSymbol(')');
    return inner;
  }

  private comparison(): Condition {
    const field = this.field();
    const comparison = this.operator();
    if (comparison !== 'in' && comparison !== 'not in') {
      return { kind: 'compare', field, comparison, values: [this.literal(comparison === 'like')] };
    }
    this.expectSymbol('(');
    const values: Literal[] = [];
    do values.push(this.literal(false));
    while (this.takeSymbol(','));
    this.expectSymbol(')');
    return { kind: 'compare', field, comparison, values };
  }

  private operator(): Comparison {
    if (this.takeWord('LIKE')) return 'like';
    if (this.takeWord('IN')) return 'in';
    if (this.takeWord('NOT')) {
      this.expectWord('IN');
      return 'not in';
    }
    for (const symbol of ['=', '!=', '<=', '>=', '<', '>'] as const) if (this.takeSymbol(symbol)) return symbol;
    if (this.takeSymbol('<>')) return '!=';
    throw this.unexpected();
  }

  private literal(forLike: boolean): Literal {
    const token = this.next();
    const word = token.text.toLowerCase();
    switch (token.kind) {
      case 'string':
        return { kind: 'string', text: unescape(token.text, forLike) };
      case 'number':
      case 'date':
      case 'datetime':
        return { kind: token.kind, text: token.text };
      case 'word':
        if (word === 'true' || word === 'false') return { kind: 'boolean', text: word };
        if (word === 'null') return { kind: 'null', text: word };
    }
    this.position -= 1;
    throw this.unexpected();
  }

  private field(): FieldRef {
    const token = this.expect('word');
    return { path: token.text.split('.'), at: token.at };
  }

  private peek(): Token {
    return this.tokens[this.position] ?? { kind: 'end', text: '<EOF>', at: this.soql.length };
  }

  private next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  private expect(kind: Token['kind']): Token {
    if (this.peek().kind !== kind) throw this.unexpected();
    return this.next();
  }

  private isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toLowerCase() === word.toLowerCase();
  }

  private takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.position += 1;
    return found;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected();
  }

  private takeSymbol(symbol: string): boolean {
    const token = this.peek();
    const found = token.kind === 'symbol' && token.text === symbol;
    if (found) this.position += 1;
    return found;
  }

  private expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  private unexpected(): Error {
    const { text, at } = this.peek();
    return malformed(`${caret(this.soql, at)}unexpected token: '${text}'`);
  }
}
