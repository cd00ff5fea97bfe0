// Reads a Bicep file into what the rules need: its declarations, and the syntax tree under them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const grammar = join(import.meta.dirname, 'node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm');
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

export function parseFile(path) {
  return parse(readFileSync(path, 'utf8'), path);
}

// The grammar does not know the assignments of .bicepparam files; as variables they are the same.
export function parseParameters(path) {
  return parse(readFileSync(path, 'utf8').replace(/^param (?=\w+ =)/gm, 'var '), path);
}

function parse(text, path) {
  const root = parser.parse(text).rootNode;
  const file = { path, root, errors: [], params: [], vars: [], resources: [], modules: [], outputs: [] };
  for (const node of all(root)) {
    if (node.isError || node.isMissing) {
      file.errors.push(node);
    }
  }

  let decorators = [];
  for (const node of root.namedChildren) {
    if (node.type === 'decorators') {
      decorators = node.namedChildren.map(d => d.text.match(/^@(\w+(?:\.\w+)*)/)?.[1]);
      continue;
    }
    const [first, second] = node.namedChildren;
    const declaration = { name: first?.text, node, decorators };
    if (node.type === 'parameter_declaration') {
      file.params.push({ ...declaration, hasDefault: node.children.some(c => c.type === '=') });
    } else if (node.type === 'variable_declaration') {
      file.vars.push(declaration);
    } else if (node.type === 'resource_declaration') {
      const [type, version] = literal(second).split('@');
      file.resources.push({ ...declaration, type, version, isExisting: node.children.some(c => c.type === 'existing'), body: bodyOf(node) });
    } else if (node.type === 'module_declaration') {
      file.modules.push({ ...declaration, target: literal(second), body: bodyOf(node) });
    } else if (node.type === 'output_declaration') {
      file.outputs.push(declaration);
    }
    decorators = [];
  }
  return file;
}

/** The node and everything below it. */
export function* all(node) {
  yield node;
  for (const child of node.children) {
    yield* all(child);
  }
}

/** A property of an object, as { key, value }. */
export function properties(object) {
  return (object?.namedChildren ?? []).filter(n => n.type === 'object_property')
    .map(n => ({ key: literal(n.namedChildren[0]), value: n.namedChildren[1] }));
}

export function property(object, name) {
  return properties(object).find(p => p.key === name)?.value;
}

export function literal(node) {
  return node?.type === 'string' ? node.text.slice(1, -1) : node?.text ?? '';
}

export function line(node) {
  return node.startPosition.row + 1;
}

// The object of a declaration, below its condition or its loop.
function bodyOf(node) {
  const last = node.namedChildren.at(-1);
  return last?.type === 'if_statement' || last?.type === 'for_statement' ? bodyOf(last) : last;
}
