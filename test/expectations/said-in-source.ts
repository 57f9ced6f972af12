import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A sentence the product can refuse with, as the source has it: `` `#${n} is closed` `` is "#\0 is closed". */
export interface Said {
  sentence: string;
  /** file:line, for whoever has to give it words */
  at: string;
}

/** What stands for a value within a sentence. */
export const HOLE = '\0';

const CATALOGUE = /^refusals[\\/]/;
/** Where a `{ code, reason }` is a refusal of ours and not an answer of a network. */
const REFUSING = /moderation-rules/;

type Callable = ts.FunctionLikeDeclaration;

interface Source {
  name: string;
  file: ts.SourceFile;
  /** functions of this file by name, and names imported from others with the file they come from */
  own: Map<string, Callable>;
  imported: Map<string, { from: string; name: string }>;
  /** holds classes that class-validator checks: a `message` in it is a decorator's own */
  validates: boolean;
}

/**
 * Follows every sentence that reaches a reader back to where it is written: the message of a `DomainError`, a `problem`
 * of a field, a `GiveUp`; through constants, conditions, helpers that take the sentence and rules that return it.
 */
export class SaidInSource {
  readonly said: Said[] = [];
  /** Expressions that could not be followed: `file text`. */
  readonly lost = new Set<string>();
  private readonly sources = new Map<string, Source>();
  private readonly seen = new Set<ts.Node>();
  /** helpers whose parameter is said: `file#name` → which parameters */
  private readonly takers = new Map<string, Set<number>>();

  constructor(root: string) {
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts') || CATALOGUE.test(name)) continue;
      const file = ts.createSourceFile(name, readFileSync(join(root, name), 'utf8'), ts.ScriptTarget.ES2022, true);
      this.sources.set(name, indexed(name, file));
    }
    for (const source of this.sources.values()) this.walk(source, source.file, (node) => this.sayings(source, node));
    // A helper found late may be called anywhere: once more over all calls until no helper is new.
    for (let known = -1; known !== this.takers.size;) {
      known = this.takers.size;
      for (const source of this.sources.values()) this.walk(source, source.file, (node) => this.calls(source, node));
    }
  }

  private walk(source: Source, node: ts.Node, visit: (node: ts.Node) => void): void {
    visit(node);
    ts.forEachChild(node, (child) => this.walk(source, child, visit));
  }

  private sayings(source: Source, node: ts.Node): void {
    if (ts.isNewExpression(node)) {
      const thrown = node.expression.getText();
      if (thrown === 'DomainError' && node.arguments?.[1]) this.follow(source, node.arguments[1]);
      if (thrown === 'GiveUp' && node.arguments?.[0]) this.follow(source, node.arguments[0]);
    }
    if (ts.isObjectLiteralExpression(node)) {
      // `{ path, problem }` of a field, `{ ok: false, problem }` of a check, `{ externalId, problem }` of an account
      const told = ['path', 'ok', 'externalId'].some((name) => property(node, name)) && property(node, 'problem');
      if (told) this.follow(source, told);
      // `{ reason, message }` of a send, `{ code, reason }` of a moderation: their first is a word of our own
      const message = isWord(property(node, 'reason')) && property(node, 'message');
      if (message) this.follow(source, message);
      if (isWord(property(node, 'code')) && REFUSING.test(source.name)) {
        const reason = property(node, 'reason');
        if (reason) this.follow(source, reason);
      }
    }
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'defaultMessage' &&
      ts.isArrowFunction(node.initializer)
    )
      for (const value of returnsOf(node.initializer)) this.follow(source, value);
    if (ts.isCallExpression(node) && node.expression.getText() === 'problems.push' && isText(node.arguments[0]))
      this.follow(source, node.arguments[0]);
    if (
      source.validates &&
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'message' &&
      isText(node.initializer)
    )
      this.follow(source, node.initializer);
    // A rule that returns what a value must be is called through tables that cannot be followed.
    if (isText(node) && /^.(must|\$property) /.test(node.getText())) this.follow(source, node);
  }

  private calls(source: Source, node: ts.Node): void {
    if (!ts.isCallExpression(node)) return;
    const target = this.calledBy(source, node);
    for (const at of (target && this.takers.get(target.key)) ?? []) {
      const given = node.arguments[at];
      if (given && !this.seen.has(given)) this.follow(source, given);
    }
  }

  private follow(source: Source, given: ts.Expression): void {
    if (this.seen.has(given)) return;
    this.seen.add(given);
    const e = ts.isParenthesizedExpression(given) || ts.isAsExpression(given) ? given.expression : given;
    if (e !== given) return this.follow(source, e);
    if (ts.isStringLiteralLike(e)) return this.hear(source, e, e.text);
    if (ts.isTemplateExpression(e)) {
      return this.hear(source, e, textOf(e));
    }
    if (ts.isConditionalExpression(e)) return this.followAll(source, [e.whenTrue, e.whenFalse]);
    if (ts.isBinaryExpression(e)) {
      const joint = e.operatorToken.kind;
      if (joint === ts.SyntaxKind.PlusToken) return this.hear(source, e, plus(e));
      return this.followAll(source, joint === ts.SyntaxKind.AmpersandAmpersandToken ? [e.right] : [e.left, e.right]);
    }
    if (ts.isCallExpression(e)) {
      const target = this.calledBy(source, e);
      if (target) return this.followReturns(target);
    }
    if (ts.isIdentifier(e)) {
      if (e.text === 'undefined') return;
      const declared = declarationOf(e);
      if (!declared && e.text === 'problem') return; // taken out of an object that is found where it is made
      if (declared && ts.isParameter(declared)) return this.take(source, declared, e);
      if (declared?.initializer) return this.follow(source, declared.initializer);
    }
    if (e.kind === ts.SyntaxKind.NullKeyword) return;
    if (ts.isPropertyAccessExpression(e) && /^(problem|message)$/.test(e.name.text)) return; // found where it is made
    if (ts.isElementAccessExpression(e) && ts.isIdentifier(e.expression)) {
      const table = tableOf(source.file, e.expression.text);
      if (table) return this.followAll(source, table);
    }
    this.lost.add(`${source.name} ${e.getText().replace(/\s+/g, ' ')}`);
  }

  private followAll(source: Source, all: readonly ts.Expression[]): void {
    for (const one of all) this.follow(source, one);
  }

  private followReturns({ source, callable }: { source: Source; callable: Callable }): void {
    if (this.seen.has(callable)) return;
    this.seen.add(callable);
    for (const value of returnsOf(callable)) {
      const told = ts.isObjectLiteralExpression(value) ? property(value, 'problem') : value;
      if (told) this.follow(source, told);
    }
  }

  /** The sentence comes in by a parameter: whoever calls says it. */
  private take(source: Source, parameter: ts.ParameterDeclaration, e: ts.Identifier): void {
    const callable = parameter.parent as Callable;
    const name = nameOf(callable);
    const known = name !== undefined && source.own.get(name) === callable;
    if (!known) {
      this.lost.add(`${source.name} ${e.text}`);
      return;
    }
    const key = `${source.name}#${name}`;
    const at = callable.parameters.indexOf(parameter);
    this.takers.set(key, new Set([...(this.takers.get(key) ?? []), at]));
  }

  private calledBy(source: Source, call: ts.CallExpression) {
    const name = ts.isIdentifier(call.expression)
      ? call.expression.text
      : ts.isPropertyAccessExpression(call.expression) && call.expression.expression.kind === ts.SyntaxKind.ThisKeyword
        ? call.expression.name.text
        : undefined;
    if (name === undefined) return undefined;
    const imported = source.imported.get(name);
    const home = imported ? this.sources.get(imported.from) : source;
    const callable = home?.own.get(imported?.name ?? name);
    return home && callable ? { key: `${home.name}#${imported?.name ?? name}`, source: home, callable } : undefined;
  }

  private hear(source: Source, node: ts.Node, sentence: string): void {
    const { line } = source.file.getLineAndCharacterOfPosition(node.getStart());
    this.said.push({ sentence: sentence.replaceAll('$property', HOLE), at: `${source.name}:${line + 1}` });
  }
}

function indexed(name: string, file: ts.SourceFile): Source {
  const own = new Map<string, Callable>();
  const imported = new Map<string, { from: string; name: string }>();
  const visit = (node: ts.Node): void => {
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name)
      own.set(node.name.getText(), node);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
      if (ts.isArrowFunction(node.initializer)) own.set(node.name.text, node.initializer);
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const from = join(name, '..', node.moduleSpecifier.text) + '.ts';
      const names = node.importClause?.namedBindings;
      if (names && ts.isNamedImports(names))
        for (const one of names.elements)
          imported.set(one.name.text, { from, name: (one.propertyName ?? one.name).text });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { name, file, own, imported, validates: file.text.includes("from 'class-validator'") };
}

const nameOf = (callable: Callable): string | undefined =>
  callable.name?.getText() ?? (ts.isVariableDeclaration(callable.parent) ? callable.parent.name.getText() : undefined);

function property(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const one of object.properties) {
    if (one.name?.getText() !== name) continue;
    if (ts.isPropertyAssignment(one)) return one.initializer;
    if (ts.isShorthandPropertyAssignment(one)) return one.name;
  }
  return undefined;
}

function plus(e: ts.Expression): string {
  if (ts.isBinaryExpression(e)) return plus(e.left) + plus(e.right);
  return textOf(e);
}

/** The words of an expression; a constant of words within a template is part of it. */
function textOf(e: ts.Expression): string {
  if (ts.isStringLiteralLike(e)) return e.text;
  if (!ts.isTemplateExpression(e)) return HOLE;
  const spans = e.templateSpans.map(({ expression, literal }) => {
    const constant = ts.isIdentifier(expression) ? declarationOf(expression)?.initializer : undefined;
    return (constant ? textOf(constant) : HOLE) + literal.text;
  });
  return e.head.text + spans.join('');
}

const isText = (e: ts.Node | undefined): e is ts.StringLiteralLike | ts.TemplateExpression =>
  e !== undefined && (ts.isStringLiteralLike(e) || ts.isTemplateExpression(e));

const isWord = (e: ts.Expression | undefined): boolean =>
  e !== undefined && (ts.isIdentifier(e) ? e.text === 'reason' : ts.isStringLiteralLike(e));

/** The nearest declaration of a name, going outwards. */
function declarationOf(e: ts.Identifier): ts.ParameterDeclaration | ts.VariableDeclaration | undefined {
  let found: ts.ParameterDeclaration | ts.VariableDeclaration | undefined;
  for (let scope: ts.Node = e.parent; scope && !found; scope = scope.parent) {
    if (ts.isFunctionLike(scope))
      found = scope.parameters.find(({ name }) => ts.isIdentifier(name) && name.text === e.text);
    if (ts.isBlock(scope) || ts.isSourceFile(scope) || ts.isCaseClause(scope))
      for (const statement of scope.statements)
        if (ts.isVariableStatement(statement))
          found ??= statement.declarationList.declarations.find(
            ({ name }) => ts.isIdentifier(name) && name.text === e.text,
          );
  }
  return found;
}

function tableOf(file: ts.SourceFile, name: string): ts.Expression[] | undefined {
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: own, initializer } of statement.declarationList.declarations) {
      if (own.getText() !== name || !initializer || !ts.isObjectLiteralExpression(initializer)) continue;
      return initializer.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? [one.initializer] : []));
    }
  }
  return undefined;
}

function returnsOf(callable: Callable): ts.Expression[] {
  if (!callable.body) return [];
  if (!ts.isBlock(callable.body)) return [callable.body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(callable.body, visit);
  return found;
}
