// Runs `npm ci` here once for the lock file as it is, however many builds ask at the same time.
// Called by Native.targets: node install.mjs OS CPU (npm's words, for the .NET process that will load the library).
// The last line of output says what went wrong; exit code 0 means that node_modules matches package-lock.json.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const stamp = join(folder, 'node_modules', '.sluice-stamp');
// Outside node_modules, which npm ci deletes; artifacts/ is ignored by git.
const lock = join(folder, '..', 'artifacts', 'native.lock');
const lockWaitLimitMs = 15 * 60 * 1000;
const [os, cpu] = process.argv.slice(2);
if (!os || !cpu) {
  fail(`install.mjs: found arguments '${process.argv.slice(2).join(' ')}'; expected OS CPU, for example 'linux x64'.`);
}

const wanted = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json'))).digest('hex');
await takeLock();
try {
  if (!isDone()) {
    install();
  }
} finally {
  rmSync(lock, { force: true });
}

function isDone() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8').trim().toLowerCase() === wanted;
}

function install() {
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', `--os=${os}`, `--cpu=${cpu}`];
  if (`${os}-${cpu}` !== 'linux-x64') {
    // @azure/mcp-linux-x64 is wanted for its managed assemblies, which run everywhere; npm would refuse it by its os and cpu fields.
    // --force does not bring the other platforms' optional packages.
    options.push('--force');
  }
  // One string and a shell, because npm is a .cmd file on Windows. Nothing in it comes from outside.
  const result = spawnSync(`npm ${options.join(' ')}`, { cwd: folder, shell: true, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (result.status !== 0) {
    const said = `${result.stdout ?? ''}\n${result.stderr ?? ''}`.split('\n').filter(line => line.startsWith('npm error')).slice(0, 6);
    rmSync(lock, { force: true });
    fail(`npm ci failed in ${folder} (exit code ${result.status ?? result.error?.message}). ${said.join(' | ') || 'npm said nothing.'} `
      + `Check the connection to the npm registry and the free disk space, then run 'npm ${options.join(' ')}' there.`);
  }
  writeFileSync(stamp, `${wanted}\n`);
}

// The file holds the owner's process id, so that a lock left by a killed build is not waited for.
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = Date.now() + lockWaitLimitMs;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        fail(`Cannot create ${lock}: ${error.message}. The folder must be writable.`);
      }
    }
    if (isAbandoned()) {
      rmSync(lock, { force: true });
    } else if (Date.now() > deadline) {
      fail(`Another build has held ${lock} for ${lockWaitLimitMs / 60000} minutes. If none runs, delete that file and build again.`);
    } else {
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}

function isAbandoned() {
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    if (!owner) {
      // Just created and not yet written, unless it stays so.
      return Date.now() - statSync(lock).mtimeMs > 5000;
    }
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function fail(message) {
  console.log(message);
  process.exit(1);
}
