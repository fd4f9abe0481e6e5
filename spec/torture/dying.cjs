// Loaded into a labgen with --require: counts the calls that change the disk, and at one of them kills the process as
// kill -9 would, or has the system refuse. A JSON value in LABGEN_DYING says which:
//   at: the number of the call, from 1; none: only count. The count is left in `count` at the end.
//   how: before, after, or half (half of what is to be written is); or the code of an error, such as ENOSPC, which
//        from that call on each write has, or with `once` that one alone.
//   hold: { path, ms }: before a path that ends so is taken away, says so, and waits.
'use strict';
const fs = require('node:fs');
const promises = require('node:fs/promises');

const { at, how, once, count, hold } = JSON.parse(process.env.LABGEN_DYING ?? '{}');
const real = { ...fs };
let calls = 0;
let held = false;

const die = () => {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};
const refuse = (name) => {
  throw Object.assign(new Error(`${how}: refused, ${name}`), { code: how, syscall: name, errno: -1 });
};

/** `half`: does half of it; none where it cannot be halved. */
function watched(name, call, half) {
  return (...args) => {
    calls++;
    if (hold !== undefined && !held && /^(unlink|rm)/.test(name) && String(args[0]).endsWith(hold.path)) {
      held = true;
      real.writeSync(2, `held before ${hold.path} goes\n`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, hold.ms);
    }
    const now = calls === at;
    if (/^E/.test(how ?? '') && (now || (!once && calls > at)) && !/^(unlink|rm|rmdir)/.test(name)) {
      // A disk that is full fills up in the middle of a file.
      if (half) half(...args);
      refuse(name);
    }
    if (now && how === 'before') die();
    if (now && how === 'half') {
      if (half) half(...args);
      die();
    }
    let result;
    try {
      result = call(...args);
    } catch (error) {
      if (now && how === 'after') die();
      throw error;
    }
    if (now && how === 'after') {
      if (typeof result?.then === 'function') return result.then(die);
      die();
    }
    return result;
  };
}

const writes = (flags) => typeof flags === 'string' && /[wax+]/.test(flags);

for (const name of ['renameSync', 'linkSync', 'symlinkSync', 'rmSync', 'unlinkSync', 'mkdirSync', 'mkdtempSync', 'rmdirSync', 'chmodSync', 'truncateSync', 'utimesSync', 'copyFileSync']) fs[name] = watched(name, real[name]);
fs.writeFileSync = watched('writeFileSync', real.writeFileSync, (path, content, options) => {
  const whole = Buffer.from(content);
  if (typeof path === 'number') return real.writeSync(path, whole.subarray(0, whole.length >> 1));
  const file = real.openSync(path, options?.flag ?? 'w', options?.mode);
  real.writeSync(file, whole.subarray(0, whole.length >> 1));
  return real.closeSync(file);
});
const openSync = watched('openSync', real.openSync);
fs.openSync = (path, flags, ...rest) => (writes(flags) ? openSync : real.openSync)(path, flags, ...rest);
const writeSync = watched('writeSync', real.writeSync, (file, piece) => real.writeSync(file, Buffer.from(piece).subarray(0, piece.length >> 1)));
// What is said is no change of the disk.
fs.writeSync = (file, ...rest) => (file > 2 ? writeSync : real.writeSync)(file, ...rest);
promises.copyFile = watched('copyFile', promises.copyFile, (from, to) => {
  const whole = real.readFileSync(from);
  real.writeFileSync(to, whole.subarray(0, whole.length >> 1));
});

process.on('exit', () => count && real.writeFileSync(count, String(calls)));
