/** Single faults, as a programmer makes them, for one text of TypeScript. */

import ts from "typescript";

/** One fault: what stands from `start` to `end` is replaced, inside the expression or statement `host`. */
export interface Fault {
  readonly kind: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly host: Host;
}

/** The whole expression or statement that a fault changes. */
export interface Host {
  readonly start: number;
  readonly end: number;
  readonly statement: boolean;
}

/** The text with the fault in it. */
export const withFault = (text: string, { start, end, replacement }: Fault): string =>
  text.slice(0, start) + replacement + text.slice(end);

/** Operators that are mistaken for each other: boundaries and signs. */
const MISTAKEN: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.LessThanToken]: "<=",
  [ts.SyntaxKind.LessThanEqualsToken]: "<",
  [ts.SyntaxKind.GreaterThanToken]: ">=",
  [ts.SyntaxKind.GreaterThanEqualsToken]: ">",
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "!==",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "===",
  [ts.SyntaxKind.MinusToken]: "+",
  [ts.SyntaxKind.AmpersandToken]: "|",
  [ts.SyntaxKind.LessThanLessThanToken]: ">>",
};

const DROPPED = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression;
  if (ts.isConditionalExpression(node) || ts.isForStatement(node)) return node.condition;
}

/** Whether the statement can go: what it declares would be missed at once. */
function canGo(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) || ts.isThrowStatement(node) ||
    ts.isContinueStatement(node) || ts.isBreakStatement(node) ||
    (ts.isReturnStatement(node) && node.parent.kind !== ts.SyntaxKind.ArrowFunction);
}

/** All single faults of a text: conditions turned, operands dropped, boundaries moved, statements removed. */
export function faultsOf(text: string): Fault[] {
  const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true);
  const faults: Fault[] = [];
  const add = (kind: string, node: ts.Node, replacement: string, whole = node): void => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const host = {
      start: whole.getStart(source),
      end: whole.getEnd(),
      statement: replacement === ";",
    };
    faults.push({ kind, line, start, end: node.getEnd(), replacement, host });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    const condition = conditionOf(node);
    if (condition) add("condition turned", condition, `!(${condition.getText(source)})`);
    if (ts.isBinaryExpression(node)) {
      const { left, right, operatorToken } = node;
      const other = MISTAKEN[operatorToken.kind];
      const turned = conditionOf(node.parent) === node && /^[=!]==$/.test(other ?? "");
      if (other && !turned) add("operator changed", operatorToken, other, node);
      if (DROPPED.has(operatorToken.kind)) {
        add("right operand dropped", node, `(${left.getText(source)})`);
        add("left operand dropped", node, `(${right.getText(source)})`);
      }
    } else if (ts.isNumericLiteral(node) && inCode(node)) {
      add("boundary moved", node, `(${node.getText(source)} + 1)`);
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) {
      add("answer turned", node, "false");
    } else if (node.kind === ts.SyntaxKind.FalseKeyword) {
      add("answer turned", node, "true");
    } else if (canGo(node)) {
      add("statement removed", node, ";");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return faults;
}

/** Numbers of expressions, not those of tables. */
function inCode({ parent }: ts.Node): boolean {
  return ts.isBinaryExpression(parent) || ts.isCallExpression(parent) ||
    ts.isReturnStatement(parent) || ts.isElementAccessExpression(parent);
}
