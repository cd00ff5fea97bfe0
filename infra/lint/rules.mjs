// What is asked of Bicep files beyond their syntax. The compiler of the deployment workflow knows the types; these rules are for what it does not see,
// and for machines without it. Each rule adds problems as "file:line: text".
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { all, line, literal, properties, property } from './bicep.mjs';

const guidText = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
// Resource types whose only published version with logs is a preview.
const allowedPreviews = new Set(['Microsoft.Insights/diagnosticSettings']);
const hardened = {
  allowBlobPublicAccess: 'false',
  allowSharedKeyAccess: 'false',
  defaultToOAuthAuthentication: 'true',
  minimumTlsVersion: "'TLS1_2'",
};

export function checkSyntax(file, problem) {
  for (const node of file.errors) {
    problem(file, node, node.isMissing ? `'${node.type}' is missing.` : `found '${shorten(node.text)}', which Bicep's grammar does not allow here.`);
  }
}

export function checkNames(file, problem) {
  const declared = [...file.params, ...file.vars, ...file.resources, ...file.modules];
  for (const name of repeated(declared.map(d => d.name))) {
    problem(file, declared.findLast(d => d.name === name).node, `'${name}' is declared twice.`);
  }
  for (const name of repeated(file.outputs.map(d => d.name))) {
    problem(file, file.outputs.findLast(d => d.name === name).node, `the output '${name}' is declared twice.`);
  }
  for (const object of all(file.root)) {
    if (object.type === 'object') {
      repeated(properties(object).map(p => p.key)).forEach(key => problem(file, object, `the property '${key}' is given twice.`));
    }
  }

  const used = usedNames(file.root);
  const known = new Set(declared.map(d => d.name));
  for (const { name, node } of [...file.params, ...file.vars]) {
    if (!used.has(name)) {
      problem(file, node, `'${name}' is never used.`);
    }
  }
  for (const [name, node] of used) {
    if (!known.has(name)) {
      problem(file, node, `'${name}' is not declared.`);
    }
  }
  for (const { name, node, decorators } of file.params) {
    if (!decorators.includes('description')) {
      problem(file, node, `the parameter '${name}' has no @description.`);
    }
  }
}

export function checkModules(file, files, problem) {
  for (const module of file.modules) {
    const path = join(dirname(file.path), module.target);
    const target = files.get(path);
    if (!target) {
      problem(file, module.node, `the module '${module.target}' ${existsSync(path) ? 'was not read' : 'does not exist'}.`);
      continue;
    }

    const given = properties(property(module.body, 'params'));
    for (const { key, value } of given) {
      if (!target.params.some(p => p.name === key)) {
        problem(file, value, `'${key}' is no parameter of ${module.target}.`);
      }
    }
    for (const { name, hasDefault } of target.params) {
      if (!hasDefault && !given.some(p => p.key === name)) {
        problem(file, module.node, `the parameter '${name}' of ${module.target} is not given.`);
      }
    }
    for (const [, name] of file.root.text.matchAll(new RegExp(`\\b${module.name}!?\\.outputs\\.(\\w+)`, 'g'))) {
      if (!target.outputs.some(o => o.name === name)) {
        problem(file, module.node, `${module.target} has no output '${name}'.`);
      }
    }
  }
}

// An output that nobody reads is a promise without a use.
export function checkOutputs(file, files, problem) {
  const callers = [...files.values()].flatMap(f => f.modules.filter(m => join(dirname(f.path), m.target) === file.path).map(m => [f, m]));
  for (const { name, node } of file.outputs) {
    if (callers.length > 0 && !callers.some(([f, m]) => new RegExp(`\\b${m.name}!?\\.outputs\\.${name}\\b`).test(f.root.text))) {
      problem(file, node, `no caller reads the output '${name}'.`);
    }
    const secret = node.text.match(/\blist(Keys|Secrets|Credentials|AccountSas|ServiceSas)?\(|\.list\w+\(|AccountKey=|SharedAccessKey/)
      ?? file.params.find(p => p.decorators.includes('secure') && new RegExp(`\\b${p.name}\\b`).test(node.text));
    if (secret) {
      problem(file, node, `the output '${name}' would show a secret: outputs are kept in the deployment's history.`);
    }
  }
}

export function checkResources(file, versions, roles, problem) {
  const names = new Set();
  for (const resource of file.resources) {
    const seen = versions.get(resource.type);
    if (seen && seen.version !== resource.version) {
      problem(file, resource.node, `${resource.type} has API version ${resource.version} here and ${seen.version} in ${seen.path}.`);
    }
    versions.set(resource.type, seen ?? { version: resource.version, path: file.path });
    if (!/^\d{4}-\d\d-\d\d$/.test(resource.version) && !allowedPreviews.has(resource.type)) {
      problem(file, resource.node, `${resource.type} has API version '${resource.version}'; expected a released one, yyyy-MM-dd.`);
    }
    if (resource.isExisting) {
      continue;
    }

    const name = property(resource.body, 'name');
    const full = `${resource.type} ${property(resource.body, 'parent')?.text ?? property(resource.body, 'scope')?.text ?? ''} ${name?.text}`;
    if (!name) {
      problem(file, resource.node, `'${resource.name}' has no name.`);
    } else if (names.has(full)) {
      problem(file, resource.node, `two resources of type ${resource.type} are named ${name.text}.`);
    }
    names.add(full);
    if (resource.type === 'Microsoft.Authorization/roleAssignments') {
      checkRoleAssignment(file, resource, name, problem);
    }
    if (resource.type === 'Microsoft.Storage/storageAccounts') {
      for (const [key, expected] of Object.entries(hardened)) {
        const found = property(property(resource.body, 'properties'), key)?.text ?? 'nothing';
        if (found !== expected) {
          problem(file, resource.node, `'${key}' of the storage account is ${found}; expected ${expected}.`);
        }
      }
    }
  }
  for (const [id] of file.root.text.matchAll(guidText)) {
    if (!Object.values(roles).includes(id)) {
      problem(file, file.root, `the id ${id} is not among the roles of infra/lint/roles.json.`);
    }
  }
}

// Without principalType a fresh identity is sometimes not found yet. A name that is not a function of scope, principal and role makes
// the second deployment fail.
function checkRoleAssignment(file, resource, name, problem) {
  const scope = property(resource.body, 'scope')?.text;
  const principal = property(property(resource.body, 'properties'), 'principalId')?.text;
  if (!property(property(resource.body, 'properties'), 'principalType')) {
    problem(file, resource.node, `the role assignment '${resource.name}' has no principalType.`);
  }
  if (!scope || !name?.text.startsWith(`guid(${scope}.id, ${principal}, `)) {
    problem(file, resource.node, `the role assignment '${resource.name}' is named ${name?.text}; expected guid(scope.id, principalId, role).`);
  }
}

/** Parameters that a file of values gives, against those of the template. */
export function checkValues(template, path, names, problem) {
  for (const name of names) {
    if (!template.params.some(p => p.name === name)) {
      problem({ path }, null, `'${name}' is no parameter of ${template.path}.`);
    }
  }
  for (const { name, hasDefault } of template.params) {
    if (!hasDefault && !names.includes(name)) {
      problem({ path }, null, `the parameter '${name}' of ${template.path} is not given.`);
    }
  }
}

// Names in the place of a value: not keys, not declared names, not functions, not variables of a loop.
function usedNames(root) {
  const used = new Map();
  const walk = (node, loop) => {
    if (node.type === 'decorators' || node.type === 'type') {
      return;
    }
    if (node.type === 'for_statement') {
      const variables = node.namedChildren[0];
      loop = new Set([...loop, variables.text, ...variables.namedChildren.map(n => n.text)]);
    }
    node.namedChildren.forEach((child, i) => {
      const isKey = i === 0 && (node.type === 'object_property' || node.type === 'call_expression' || node.type.endsWith('_declaration'));
      if (isKey && child.type === 'identifier') {
        return;
      }
      if (child.type === 'identifier' && node.type !== 'for_loop_parameters' && !loop.has(child.text)) {
        used.set(child.text, child);
      }
      walk(child, loop);
    });
  };
  walk(root, new Set());
  return used;
}

function repeated(names) {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function shorten(text) {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
