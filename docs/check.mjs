// Finds links between documents that lead nowhere, commands that README.md does not name, and what docs/features.md lacks, has twice, counts wrongly, or names as a test that is not there.
//   node docs/check.mjs
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const rows = { SRC: 22, ING: 17, SCH: 14, VAL: 27, CLN: 17, PII: 21, TXT: 8, TRF: 15, AUG: 9, MMF: 11, LLM: 12, EMB: 8, SPL: 13, LAB: 7, VER: 10, PIP: 14, ORC: 11,
  TRN: 15, API: 13, MON: 11, UIX: 8, CAC: 3, SEC: 6, OPS: 6 };
const problems = [];

const states = new Map();
for (const line of read('docs/features.md').split('\n')) {
  const id = line.match(/^\| ([A-Z]{3}-\d\d) \|/)?.[1];
  if (id) {
    const state = line.match(/\| (done|partial|absent) \|$/)?.[1];
    if (states.has(id)) {
      problems.push(`docs/features.md has '${id}' twice.`);
    } else if (!state) {
      problems.push(`docs/features.md: '${id}' has no state. Its last column is done, partial or absent.`);
    }
    states.set(id, state);
    problems.push(...testsOf(line).filter(test => !isThere(test)).map(test => `docs/features.md: ${id} names '${test}', which is not there.`));
  }
}

const countOf = state => [...states.values()].filter(s => s === state).length;
const counted = `**${countOf('done')} done, ${countOf('partial')} partial, ${countOf('absent')} absent**`;
if (!read('docs/features.md').includes(counted)) {
  problems.push(`docs/features.md: the states that its head counts are ${counted}.`);
}

const commands = join('src', 'Sluice.Cli', 'Commands');
for (const file of readdirSync(join(root, commands))) {
  for (const [, name] of read(join(commands, file)).matchAll(/new Command\("([^"]+)"/g)) {
    if (!new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(read('README.md'))) {
      problems.push(`README.md does not name the command '${name}' (${join(commands, file)}).`);
    }
  }
}

for (const [area, count] of Object.entries(rows)) {
  for (let i = 1; i <= count; i++) {
    const id = `${area}-${String(i).padStart(2, '0')}`;
    if (!states.delete(id)) {
      problems.push(`docs/features.md lacks '${id}'.`);
    }
  }
}
problems.push(...[...states.keys()].map(id => `docs/features.md has '${id}', which is no requirement.`));

const folders = ['.', 'docs', 'docs/decisions', 'native'];
for (const file of folders.flatMap(f => readdirSync(join(root, f)).filter(name => name.endsWith('.md')).map(name => join(f, name)))) {
  const text = read(file).replace(/```[\s\S]*?```/g, '');
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    const [path, anchor] = target.split('#');
    if (/^[a-z]+:/.test(target)) {
      continue;
    }
    const to = path ? join(dirname(file), path) : file;
    if (!existsSync(join(root, to))) {
      problems.push(`${file}: the link '${target}' leads nowhere.`);
    } else if (anchor && !headings(read(to)).includes(anchor)) {
      problems.push(`${file}: the link '${target}' names a heading that ${to} has not.`);
    }
  }
}

problems.forEach(p => console.error(p));
console.log(problems.length === 0 ? 'Documents: no problem found.' : `Documents: ${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;

// Tests of a row as paths: in "Core.Tests/Joins/JoinTests, KeyTests, Runs/RunTests" all three are of one project and the first two of one folder. Words in brackets and sentences are for people.
function testsOf(line) {
  let project = '';
  let folder = '';
  return line.split(/(?<!\\)\|/).at(-3).replace(/\([^)]*\)/g, '').split(/[,;]/).map(t => t.trim()).filter(t => /^[\w.]+(\/\w+)*$/.test(t)).map(test => {
    const parts = test.split('/');
    project = parts[0].endsWith('.Tests') ? parts.shift() : project;
    const name = parts.pop() ?? '';
    folder = parts.length > 0 || test.startsWith(project) ? parts.join('/') : folder;
    return join(project, folder, name);
  });
}

function isThere(test) {
  const path = join(root, 'tests', `Sluice.${test}`);
  const folder = dirname(path);
  return existsSync(path) || (existsSync(folder) && readdirSync(folder).some(name => name === path.slice(folder.length + 1) + '.cs'));
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

// GitHub's rule: lower case, spaces to hyphens, only letters, digits, hyphens and underscores stay.
function headings(text) {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}
