/** Evaluates the arithmetic part of Notion's formulas: numbers, texts, prop("…"), + - * / and parentheses. */

type Value = number | string | null;

/** @returns undefined where the expression is more than this stand-in understands */
export function evaluateFormula(expression: string, property: (name: string) => Value): Value | undefined {
  const tokens =
    expression.match(/prop\("(?:[^"\\]|\\.)*"\)|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|[-+*/()]|\S/g) ?? [];
  let at = 0;
  const fail = Symbol('unsupported');

  function sum(): Value {
    let left = product();
    while (tokens[at] === '+' || tokens[at] === '-') left = apply(tokens[at++] as string, left, product());
    return left;
  }
  function product(): Value {
    let left = atom();
    while (tokens[at] === '*' || tokens[at] === '/') left = apply(tokens[at++] as string, left, atom());
    return left;
  }
  function atom(): Value {
    const token = tokens[at++];
    if (token === undefined) throw fail;
    if (token === '(') {
      const inner = sum();
      if (tokens[at++] !== ')') throw fail;
      return inner;
    }
    if (token === '-') {
      const value = atom();
      return typeof value === 'number' ? -value : null;
    }
    if (token.startsWith('prop(')) return property(JSON.parse(token.slice(5, -1)) as string);
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (/^\d/.test(token)) return Number(token);
    throw fail;
  }

  try {
    const value = sum();
    return at === tokens.length ? value : undefined;
  } catch (error) {
    if (error === fail || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function apply(operator: string, left: Value, right: Value): Value {
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
    return `${left ?? ''}${right ?? ''}`;
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  return right === 0 ? null : left / right;
}
