// Writes the reference part of docs/pipelines.md from the catalogue, which is what the program itself goes by.
//   dotnet run --project src/Sluice.Cli -- steps --json | node docs/reference.mjs            rewrites it
//   dotnet run --project src/Sluice.Cli -- steps --json | node docs/reference.mjs --check    exit code 1 when it is not up to date
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, 'pipelines.md');
const begin = '<!-- reference: begin (docs/reference.mjs) -->';
const end = '<!-- reference: end -->';

const said = readFileSync(0, 'utf8');
const json = said.indexOf('[');
if (json < 0) {
  fail(`Found no JSON on standard input, but '${said.slice(0, 200)}'. Expected the output of 'sluice steps --json'.`);
}

const capabilities = JSON.parse(said.slice(json));
const text = readFileSync(file, 'utf8');
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) {
  fail(`${file} has not the two lines '${begin}' and '${end}' that the reference stands between.`);
}

const written = `${text.slice(0, from + begin.length)}\n\n${sections()}\n${text.slice(to)}`;
if (!process.argv.includes('--check')) {
  writeFileSync(file, written);
} else if (written !== text) {
  fail('docs/pipelines.md is not what the catalogue says. Run: dotnet run --project src/Sluice.Cli -- steps --json | node docs/reference.mjs');
}

function sections() {
  const titles = { source: 'Sources', step: 'Steps', sink: 'Sinks' };
  return Object.entries(titles).map(([kind, title]) =>
    `## ${title}\n\n${capabilities.filter(c => c.kind === kind).map(capability).join('\n')}`).join('\n');
}

function capability({ type, aliases, kind, summary, options }) {
  const names = aliases.length > 0 ? `\n\nAlso: ${aliases.map(a => `\`${a}\``).join(', ')}.` : '';
  const rows = options.flatMap(o => row(o, ''));
  return `### ${type} (${kind})\n\n${escape(summary)}${names}\n\n| option | type | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function row(option, prefix) {
  const name = prefix + option.name;
  const type = escape(option.type) + (option.range ? ` (${escape(option.range)})` : '');
  const value = option.required ? 'required' : option.default == null ? 'none' : `\`${option.default.replaceAll('|', '\\|')}\``;
  return [`| \`${name}\` | ${type} | ${value} | ${escape(option.summary)} |`, ...option.options.flatMap(o => row(o, `${name}.`))];
}

function escape(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
